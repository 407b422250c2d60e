/** The formula of a step with one element's numbers in it, as sentences. */

import type { Step } from '../../../methods/method.ts';
import type { Worked } from '../../../methods/worked.ts';
import { agree, outcome } from '../../../methods/worked-vote.ts';
import { plain } from '../../kit/format.ts';
import type { Cast } from './cast.ts';

/** The numbers that are told of, and how. */
export type Told = {
  readonly cast: Cast;
  readonly changes: readonly (readonly number[])[];
  readonly worked: Worked;
  /** A change as the figure writes it. */
  readonly write: (value: number) => string;
};

/** One line a model, or one for all. */
export function formulaOf({ shows }: Step, of: Told, i: number): readonly string[] {
  switch (shows) {
    case 'changes':
      return of.cast.names.map((name, k) => `${name}: τ = ${of.write(of.changes[k][i])}`);
    case 'drawn':
      return drawnLines(of, i);
    case 'left':
      return leftLines(of, i);
    case 'vote':
      return [voteLine(of, i)];
    case 'arc':
      return [arcLine(of)];
    case 'merged':
      return [mergedLine(of, i)];
    case 'result':
      return [mergedLine(of, i), resultLine(of, i)];
    default:
      return shows satisfies never;
  }
}

function drawnLines({ cast, changes, worked, write }: Told, i: number): readonly string[] {
  const drawn = worked.drawn ?? worked.left;
  return cast.names.map((name, k) => {
    const change = changes[k][i];
    const share = change === 0 ? 1 : drawn[k][i] / change;
    if (share === 0) return `${name}: ${write(change)} is dropped`;
    return share > 0.999
      ? `${name}: ${write(change)} is kept`
      : `${name}: ${write(change)} is kept in ${Math.round(100 * share)} % of the draws: ${write(drawn[k][i])}`;
  });
}

function leftLines({ cast, changes, worked, write }: Told, i: number): readonly string[] {
  const { cuts, left, drawn } = worked;
  return cast.names.map((name, k) => {
    const value = left[k][i];
    if (drawn) {
      if (drawn[k][i] === 0) return `${name}: dropped`;
      return `${name}: ${write(drawn[k][i])} × ${plain(Number((value / drawn[k][i]).toPrecision(4)))} = ${write(value)}`;
    }
    const change = changes[k][i];
    const rest =
      value !== 0 && Math.abs(value / change - 1) > 1e-5 ? `, scaled to ${write(value)}` : '';
    const fate = value === 0 ? 'trimmed' : `kept${rest}`;
    if (!cuts || !Number.isFinite(cuts[k])) return `${name}: ${write(change)} is ${fate}`;
    const size = bare(write(change));
    const limit = bare(write(cuts[k]));
    const sign = Math.abs(change) >= cuts[k] ? '≥' : '<';
    const late =
      sign === '≥' && value === 0 && change !== 0 ? ', later than enough equal ones' : '';
    return `${name}: |τ| = ${size} ${sign} ${limit}${late}, ${fate}`;
  });
}

function voteLine({ cast, worked, write }: Told, i: number): string {
  const { votes, elected } = worked;
  if (!votes || !elected) return '';
  const { election, zeroVote } = cast.arithmetic;
  const said = votes.map((row) => row[i]);
  const total = outcome(election, said);
  const signs = said.map((value) => (value > 0 ? '+1' : value < 0 ? '−1' : '0'));
  const sum =
    election !== 'total'
      ? `${signs.join(' ')} = ${total > 0 ? '+' : total < 0 ? '−' : ''}${Math.abs(total)}`
      : `${said.map(write).join(' ')} = ${write(total)}`;
  const sign = { '1': 'plus', '-1': 'minus', '0': 'nobody' }[`${elected[i]}`];
  if (election === 'unanimous') {
    const all = agree(said) ? `all want ${sign}` : 'not all want the same, so nobody gets it';
    return `Vote: ${signs.join(' ')}, ${all}`;
  }
  const even = total === 0 && zeroVote === 'plus' ? ', as an even vote counts as plus' : '';
  return `Vote: ${sum}, elected: ${sign}${even}`;
}

function arcLine({ worked, cast }: Told): string {
  if (!worked.arc) return 'There is no angle to turn by';
  const { angle, norms, shares } = worked.arc;
  const degrees = ((angle * 180) / Math.PI).toFixed(angle < 0.02 ? 3 : 1);
  const [a, b] = cast.names;
  return `Angle ${degrees}°. Length of ${a} ${norms[0].toPrecision(4)}, of ${b} ${norms[1].toPrecision(4)}. The result is ${shares[0].toPrecision(4)} of ${a} and ${shares[1].toPrecision(4)} of ${b}`;
}

export function mergedLine({ cast, worked, write }: Told, i: number): string {
  const { contributions, fates, elected, unscaled } = worked;
  const result = unscaled[i];
  const agreeing = contributions.flatMap((_, k) => (fates[k][i] === 'counts' ? [k] : []));
  if (agreeing.length === 0) return `Nothing is left to merge: ${write(result)}`;
  const parts = agreeing.map((k) => write(contributions[k][i]));
  const sum = agreeing.reduce((total, k) => total + contributions[k][i], 0);
  const divisor = elected ? electedDivisor(cast, agreeing) : ratio(sum, result);
  const body = parts.join(' ');
  return divisor === null
    ? `${body} = ${write(result)}`
    : `(${body}) ÷ ${divisor} = ${write(result)}`;
}

/** What the agreeing sum is divided by; null where it is not. */
function electedDivisor(
  { arithmetic, perModel }: Cast,
  agreeing: readonly number[],
): string | null {
  if (arithmetic.divisor === 'none') return null;
  const each = agreeing.map((k) =>
    arithmetic.divisor === 'count' ? '1' : plain(Number(perModel[k]['weight'] ?? 1)),
  );
  return each.length === 1 ? each[0] : `(${each.join(' + ')})`;
}

function ratio(sum: number, result: number): string | null {
  const divisor = sum / result;
  return Number.isFinite(divisor) && Math.abs(divisor - 1) > 1e-3
    ? plain(Number(divisor.toPrecision(4)))
    : null;
}

function resultLine({ cast, worked, write }: Told, i: number): string {
  const lambda = plain(Number(cast.global['lambda'] ?? 1));
  const base = cast.excerpt?.base[i];
  const change = `λ: ${lambda} × ${write(worked.unscaled[i])} = ${write(worked.result[i])}`;
  return base === undefined
    ? change
    : `${change}, added to the base: ${write(base)} → ${write(base + worked.result[i])}`;
}

/** Without its sign. */
const bare = (text: string) => text.replace(/^[+−]/, '');
