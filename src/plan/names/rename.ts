/** Tensors of an expert under the names that the base has for them. */
import { isComputed } from '../../formats/model.ts';
import type { Rename } from '../../recipe/recipe.ts';
import { rememberLast } from '../remember.ts';
import { cut } from './cut.ts';
import { join, type Piece } from './join.ts';
import { type Caught, catchIn, fill, type Pattern, patternsOf } from './pattern.ts';
import type { NamedTensor, Tensors } from './tensors.ts';

/** Why a rename could not be carried out on some tensor. */
export type NamingFault = {
  readonly kind: 'two sources' | 'does not divide';
  /** The base's name for it. */
  readonly name: string;
  readonly message: string;
};

export type Named = {
  readonly tensors: Tensors;
  readonly faults: readonly NamingFault[];
  /** Ids of renames that matched at least one tensor. */
  readonly used: ReadonlySet<string>;
};

type Rule = {
  readonly rename: Rename;
  readonly from: readonly Pattern[];
  readonly to: readonly Pattern[];
};

const remembered = rememberLast<Named>();

/**
 * The first rename that matches a tensor gives it its name; tensors that none matches keep theirs. Several
 * names on the right cut a tensor along its first axis, `#` there counts that axis and cuts the next; several
 * names or `#` on the left put tensors together in the same order. `base` has the sizes of the parts.
 */
export function nameTensors(own: Tensors, renames: readonly Rename[], base: Tensors): Named {
  if (renames.length === 0) return { tensors: own, faults: [], used: new Set() };
  return remembered(own, [base, ...renames], () => nameAnew(own, renames, base));
}

function nameAnew(own: Tensors, renames: readonly Rename[], base: Tensors): Named {
  const rules = renames
    .filter((rename) => renameFault(rename) === null)
    .map((rename) => ({ rename, from: patternsOf(rename.from), to: patternsOf(rename.to) }));
  const tensors = new Map<string, NamedTensor>();
  const faults: NamingFault[] = [];
  const used = new Set<string>();
  const groups = new Map<string, { rule: Rule; caught: Caught; pieces: Piece[] }>();

  const put = (name: string, tensor: NamedTensor) => {
    const other = tensors.get(name);
    if (other) {
      const message = `both ${other.name} and ${tensor.name} are ${name} under the renames`;
      faults.push({ kind: 'two sources', name, message });
    } else tensors.set(name, tensor);
  };

  for (const tensor of own.values()) {
    const hit = firstHit(rules, tensor.name);
    if (!hit) {
      put(tensor.name, tensor);
      continue;
    }
    const { rule, part, caught } = hit;
    used.add(rule.rename.id);
    const target = fill(rule.to[0], caught);
    if (!joins(rule) && !cuts(rule, caught)) put(target, tensor);
    else if (isComputed(tensor)) {
      const message = `${tensor.name} is stored as codes (${tensor.scheme}), which are not cut or put together`;
      faults.push({ kind: 'does not divide', name: target, message });
    } else if (joins(rule)) {
      const key = `${rule.rename.id} ${caught.stars.join('\n')}`;
      const group = groups.get(key) ?? { rule, caught, pieces: [] };
      group.pieces.push({ tensor, part, number: caught.number ?? 0 });
      groups.set(key, group);
    } else {
      const parts = cut(tensor, rule.to, caught, base);
      if (typeof parts === 'string') {
        faults.push({ kind: 'does not divide', name: target, message: parts });
      } else for (const [name, piece] of parts) put(name, piece);
    }
  }
  for (const { rule, caught, pieces } of groups.values()) {
    const name = fill(rule.to[0], { stars: caught.stars, number: null });
    const whole = join(pieces, rule.from.length, rule.from[0].hasNumber, base.get(name) ?? null);
    if (typeof whole !== 'string') put(name, whole);
    else faults.push({ kind: 'does not divide', name, message: `${name}: ${whole}` });
  }
  return { tensors, faults, used };
}

function firstHit(rules: readonly Rule[], name: string) {
  for (const rule of rules) {
    for (const [part, pattern] of rule.from.entries()) {
      const caught = catchIn(pattern, name);
      if (caught) return { rule, part, caught };
    }
  }
  return null;
}

/** Whether a name stands for several, or for slices that the left side does not number. */
const cuts = ({ to }: Rule, { number }: Caught): boolean =>
  to.length > 1 || (to[0].hasNumber && number === null);

const joins = ({ from, to }: Rule): boolean =>
  from.length > 1 || (from[0].hasNumber && !to[0].hasNumber);

/** What is wrong with a rename as it is written; null when it can be read. */
export function renameFault({ from, to }: Pick<Rename, 'from' | 'to'>): string | null {
  const sides = [patternsOf(from), patternsOf(to)];
  const all = sides.flat();
  if (all.some(({ text }) => text === '')) return 'a name is empty';
  if (sides.every((side) => side.length > 1)) return 'several names stand on both sides';
  if (all.some(({ text }) => text.split('#').length > 2)) return 'a name has # twice';
  const stars = all.map((pattern) => pattern.stars);
  if (stars.some((count) => count !== stars[0])) {
    return `${from} has ${stars[0]} × *, ${to} has ${stars[stars.length - 1]}`;
  }
  const uneven = sides.some((side) => side.some((name) => name.hasNumber !== side[0].hasNumber));
  return uneven ? 'only some of the joined names have #' : null;
}
