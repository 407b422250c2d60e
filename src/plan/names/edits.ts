/** What turns one name into another: a run of parts that is replaced, as a pair of patterns. */
import type { Rename } from '../../recipe/recipe.ts';
import { nameOfParts } from './templates.ts';

export type Edit = Pick<Rename, 'from' | 'to'> & {
  /** Parts on both sides of the run that agree. */
  readonly common: number;
  /** Whether names, not shapes alone, say that it is the same tensor. */
  readonly isKnown: boolean;
  /** Whether it is too little to go by. */
  readonly isWeak: boolean;
};

/** The same part under two names, as published conversions have it. */
const KNOWN = new Set([
  'gamma weight',
  'beta bias',
  'w1 gate_proj',
  'w3 up_proj',
  'w2 down_proj',
  'block_sparse_moe mlp',
]);
const SUFFIX = new Set(['weight', 'bias', 'gamma', 'beta']);

/**
 * The edits that turn one template into another by one replaced run: by the run alone, and by the run with
 * the part beside it, for when the run alone would catch too much. None when nothing is common, or numbers would have to move.
 */
export function editsBetween(own: readonly string[], base: readonly string[]): readonly Edit[] {
  const shorter = Math.min(own.length, base.length);
  let before = 0;
  while (before < shorter && own[before] === base[before]) before++;
  let after = 0;
  while (after < shorter - before && own.at(-1 - after) === base.at(-1 - after)) after++;
  const run = own.slice(before, own.length - after);
  const other = base.slice(before, base.length - after);
  const numbersOf = (parts: readonly string[]) => parts.filter((part) => part === '#').length;
  if (before + after === 0 || numbersOf(run) !== numbersOf(other)) return [];
  const facts = {
    common: before + after,
    isKnown: isKnown(run, other),
    isWeak: isWeak(own, before, after, run, other),
  };
  const left = before > 0 ? ['*'] : [];
  const right = after > 0 ? ['*'] : [];
  const edit = (from: readonly string[], to: readonly string[]): Edit => ({
    from: textOf(from),
    to: textOf(to),
    ...facts,
  });
  const found: Edit[] = [];
  // An insertion in the middle says nothing of where; only the part beside it does.
  if (run.length > 0 || before === 0 || after === 0) {
    found.push(edit([...left, ...run, ...right], [...left, ...other, ...right]));
  }
  const next = own[own.length - after];
  if (after > 0 && next !== '#') {
    const rest = after > 1 ? ['*'] : [];
    found.push(edit([...left, ...run, next, ...rest], [...left, ...other, next, ...rest]));
  }
  const previous = own[before - 1];
  if (before > 0 && previous !== '#') {
    const rest = before > 1 ? ['*'] : [];
    found.push(
      edit([...rest, previous, ...run, ...right], [...rest, previous, ...other, ...right]),
    );
  }
  return found;
}

const textOf = (parts: readonly string[]) => nameOfParts(parts).replaceAll('#', '*');

function isKnown(run: readonly string[], other: readonly string[]): boolean {
  return (
    run.length === other.length &&
    run.length > 0 &&
    run.every(
      (part, k) =>
        part === other[k] || KNOWN.has(`${part} ${other[k]}`) || KNOWN.has(`${other[k]} ${part}`),
    )
  );
}

/** Something put in or taken out needs little; one word for another needs two more that agree. */
function isWeak(
  own: readonly string[],
  before: number,
  after: number,
  run: readonly string[],
  other: readonly string[],
): boolean {
  const common = [...own.slice(0, before), ...own.slice(own.length - after)];
  const telling = common.filter((part) => part !== '#' && !SUFFIX.has(part)).length;
  if (isKnown(run, other)) return telling < 1;
  return telling < (run.length === 0 || other.length === 0 ? 1 : 2);
}
