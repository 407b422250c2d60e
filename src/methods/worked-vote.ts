/** How the worked example tells an election: what each model says, who wins, and what becomes of the others. */
import type { Arithmetic } from './dialect.ts';
import type { ParamValue } from './params.ts';

/** What becomes of one model's change at one element. */
export type Fate = 'counts' | 'overruled' | 'dropped';

/** How votes are counted. */
type Rules = {
  readonly arithmetic: Arithmetic;
  readonly perModel: readonly Readonly<Record<string, ParamValue>>[];
};

/** What becomes of a contribution, given the elected sign; null where nobody is elected. */
export function fateOf(value: number, elected: -1 | 0 | 1 | null): Fate {
  if (value === 0) return 'dropped';
  return elected === null || value * elected > 0 ? 'counts' : 'overruled';
}

/** What a contribution says in the election: itself, or without its weight. */
export function vote({ arithmetic, perModel }: Rules, value: number, model: number): number {
  const weight = Number(perModel[model]['weight'] ?? 1);
  return arithmetic.electOn === 'weighted' || weight === 0 ? value : value / weight;
}

export function elect(
  { arithmetic: { election, zeroVote } }: Rules,
  votes: readonly (readonly number[])[],
): readonly (-1 | 0 | 1)[] {
  return votes[0].map((_, i) => {
    const said = votes.map((row) => row[i]);
    if (election === 'unanimous') return agree(said) ? (said[0] > 0 ? 1 : -1) : 0;
    const sum = outcome(election, said);
    return sum > 0 ? 1 : sum < 0 ? -1 : zeroVote === 'plus' ? 1 : 0;
  });
}

/** Whether all want the same sign; who wants nothing does not. */
export function agree(votes: readonly number[]): boolean {
  return votes.every((value) => value * votes[0] > 0);
}

/** What an election of one position ends with: a sum of values, or of signs. */
export function outcome(election: Arithmetic['election'], votes: readonly number[]): number {
  return votes.reduce(
    (total, value) => Math.fround(total + (election === 'total' ? value : Math.sign(value))),
    0,
  );
}
