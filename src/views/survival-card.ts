/** What a merge keeps, as a section of its model card. */
import type { Survival, Survived } from './survival.ts';

/** Models beyond which only the ends are told: a table of a card holds so many columns. */
const mostModels = 6;

/** Markdown: one table, the whole model and its groups. None of it says whether the merge is any good. */
export function survivalSection(survival: Survival): string {
  const { models, whole, groups } = survival;
  const shown = models.slice(0, mostModels);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const line = (name: string, of: Survived) =>
    row([
      name,
      ...shown.map((_, k) => `${fixed(of.cosines[k])} (× ${fixed(of.ratios[k])})`),
      ...[fixed(of.overAverage), percent(of.overBase), percent(of.flipped), beyond(of.beyondF16)],
    ]);
  const heads = ['', ...shown.map(inline), '÷ average', 'of base', 'signs flipped', 'beyond F16'];
  const left = models.length - shown.length;
  return [
    '## What is left of each parent',
    `Cosine of the merged change with each parent’s own change, and in brackets how long it is beside that. ${seenWords(survival)} None of it says whether the merge is any good.`,
    [
      row(heads),
      row(heads.map(() => '---')),
      line('whole model', whole),
      ...groups.map((group) => line(group.name, group)),
    ].join('\n'),
    ...(left > 0 ? [`And ${left} more parents: \`amalgam-verify.json\` has them all.`] : []),
  ].join('\n\n');
}

function seenWords({ sampled, elements, tensorsSampled, tensorsMerged }: Survival): string {
  if (sampled >= elements) return 'Measured at all merged elements.';
  const of = (part: number, all: number) =>
    `${part.toLocaleString('en')} of ${Math.round(all).toLocaleString('en')}`;
  return `Estimated from a sample: ${of(sampled, elements)} merged elements, in ${of(tensorsSampled, tensorsMerged)} tensors.`;
}

const fixed = (value: number | null) => (value === null ? '–' : value.toFixed(2));
const percent = (value: number | null) =>
  value === null ? '–' : `${Number((100 * value).toPrecision(2))} %`;
const beyond = (value: number | null) =>
  value === null ? '–' : Math.round(value).toLocaleString('en');

const inline = (text: string) =>
  text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#&]/g, (character) => `\\${character}`);
