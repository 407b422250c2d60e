/** Experts of a mixture stored in one tensor, and the same experts stored one by one. */
import type { Rename } from '../../recipe/recipe.ts';
import { shapeText } from '../finding.ts';
import { nameFor, nameOfParts, type Template } from './templates.ts';
import type { Tensors } from './tensors.ts';

export type FusedRules = {
  readonly renames: readonly Pick<Rename, 'from' | 'to'>[];
  /** Why some cannot be mapped, by name. */
  readonly refused: readonly string[];
};

const LEAVES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  gate_up_proj: [
    ['gate_proj', 'up_proj'],
    ['w1', 'w3'],
  ],
  down_proj: [['down_proj'], ['w2']],
};

type Side = { readonly templates: readonly Template[]; readonly tensors: Tensors };

/** Rules for the experts that one side stores fused and the other one by one. */
export function fusedRules(own: Side, base: Side): FusedRules {
  const cuts = rulesFor(own, base, (fused, split) => ({ from: fused, to: split }));
  const joins = rulesFor(base, own, (fused, split) => ({ from: split, to: fused }));
  return {
    renames: [...cuts.renames, ...joins.renames],
    refused: [...cuts.refused, ...joins.refused],
  };
}

function rulesFor(
  fused: Side,
  split: Side,
  rename: (fused: string, split: string) => Pick<Rename, 'from' | 'to'>,
): FusedRules {
  const renames: (Pick<Rename, 'from' | 'to'> & { readonly square: boolean })[] = [];
  const refused: string[] = [];
  for (const template of fused.templates) {
    const { parts, first } = template;
    const leaf = parts.at(-1) === 'weight' ? parts.at(-2) : parts.at(-1);
    if (!leaf || !Object.hasOwn(LEAVES, leaf) || first.shape.length !== 3) continue;
    const matches = LEAVES[leaf].flatMap((leaves) => splitFor(template, leaves, split.templates));
    if (matches.length !== 1) continue;
    const [match] = matches;
    const shapes = match.map((part) => part.first.shape);
    const why = misfit(template, match, split.tensors);
    if (why === null) {
      const texts = match.map((part) => textOf(part.parts, true));
      const square = first.shape[1] === first.shape[2];
      renames.push({ ...rename(textOf(parts, false), texts.join(' + ')), square });
    } else {
      const others = match.map((part, k) => `${part.names[0]} ${shapeText(shapes[k])}`);
      refused.push(
        `${template.names[0]} ${shapeText(first.shape)} and ${others.join(', ')}: ${why}`,
      );
    }
  }
  // A square one looks the same when it is transposed: it goes with the others of its model.
  const sure = refused.length === 0 ? renames : renames.filter(({ square }) => !square);
  return { renames: sure.map(({ from, to }) => ({ from, to })), refused };
}

/** Templates of the parts, `….experts.#.gate_proj.weight`, one prefix at a time. */
function splitFor(
  fused: Template,
  leaves: readonly string[],
  templates: readonly Template[],
): readonly (readonly Template[])[] {
  const ends = (template: Template, leaf: string) => {
    const at = template.parts.lastIndexOf('#');
    const rest = nameOfParts(template.parts.slice(at + 1));
    const counted = template.numbers.length === fused.numbers.length + 1;
    return (
      counted &&
      template.parts[at - 1] === 'experts' &&
      (rest === leaf || rest === `${leaf}.weight`)
    );
  };
  const prefixOf = ({ parts }: Template) => nameOfParts(parts.slice(0, parts.lastIndexOf('#')));
  const firsts = templates.filter((template) => ends(template, leaves[0]));
  return firsts.flatMap((one) => {
    const all = leaves.map((leaf) =>
      templates.find((other) => ends(other, leaf) && prefixOf(other) === prefixOf(one)),
    );
    return all.every((template) => template !== undefined) ? [all] : [];
  });
}

/** Why one cannot be cut into the others as it lies; null when it can. */
function misfit(fused: Template, parts: readonly Template[], split: Tensors): string | null {
  const [count, rows, columns] = fused.first.shape;
  const shapes = parts.map(({ first }) => first.shape);
  if (shapes.some((shape) => shape.length !== 2 || shape[1] !== shapes[0][1])) return 'not alike';
  const height = shapes.reduce((sum, shape) => sum + shape[0], 0);
  const width = shapes[0][1];
  const fits = rows === height && columns === width;
  const turned = rows === width && columns === height;
  if (fits && turned && parts.length > 1) {
    return 'the shapes do not tell whether one is transposed';
  }
  if (!fits && turned) return 'one is stored transposed, which is not undone here';
  if (!fits) return 'the shapes do not add up';
  const has = (expert: number) => split.has(nameFor(parts[0], [...fused.numbers, String(expert)]));
  if (!has(count - 1) || has(count)) return `one has ${count} experts, the other another number`;
  return null;
}

const textOf = (parts: readonly string[], counted: boolean) => {
  const last = counted ? parts.lastIndexOf('#') : -1;
  return nameOfParts(parts.map((part, k) => (part === '#' && k !== last ? '*' : part)));
};
