/** How a recipe was found, where a sweep, a comparison or a search led to it: plain data in words, and its place in a model card. */
import { inline } from '../../formats/markdown.ts';

export type Lineage = {
  /** "CMA-ES over λ and the weight of Sort: 100 candidates". */
  readonly how: string;
  /** Items that candidates were asked: "up to 25 items of the search half of Sort and Add". */
  readonly asked: string;
  /** On the search half, with its unit, of what it began from and of what was found; null where nobody knows. */
  readonly before: string | null;
  readonly after: string;
  /** On the held-out half, a line for each task. */
  readonly judged: readonly {
    readonly task: string;
    readonly before: string;
    readonly after: string;
    readonly verdict: string;
  }[];
  /** The judgement over all tasks, in a sentence or two; null where none was made. */
  readonly verdict: string | null;
};

/** Markdown. What was chosen on the search half proves nothing there, so that half and the other are told apart. */
export function lineageSection({ how, asked, before, after, judged, verdict }: Lineage): string {
  const found = before === null ? after : `${before} → ${after}`;
  const line = (cells: readonly string[]) => `| ${cells.map(inline).join(' | ')} |`;
  const table = [
    ['Held-out half', 'Begun from', 'Found', 'Verdict'],
    ['---', '---', '---', '---'],
    ...judged.map((each) => [each.task, each.before, each.after, each.verdict]),
  ];
  return [
    '## How the numbers were found',
    `${inline(how)}, on ${inline(asked)}: ${inline(found)}. The numbers were chosen for these items, so that says little of others.`,
    verdict === null
      ? 'What was found was not judged on the held-out half by itself.'
      : inline(verdict),
    ...(judged.length > 0 ? [table.map(line).join('\n')] : []),
  ].join('\n\n');
}
