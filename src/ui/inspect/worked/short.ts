/** The formula of a step in one line: with symbols, or with the numbers of one element. */
import type { Step } from '../../../methods/method.ts';
import { agree, outcome } from '../../../methods/worked-vote.ts';
import { plain } from '../../kit/format.ts';
import { mergedLine, type Told } from './words.ts';

/** Models beyond which their values do not fit into a line. */
const most = 4;

export function shortOf(step: Step, told: Told, element: number | null): string {
  return element === null || step.shows === 'arc'
    ? inSymbols(step, told)
    : inNumbers(step, told, element);
}

function inSymbols({ shows }: Step, { cast, worked }: Told): string {
  const { arithmetic, method, global } = cast;
  const isOfWeights = method.arity.base !== 'required' && !cast.excerpt;
  const wanted = arithmetic.electOn === 'weighted' ? 'w·τ' : 'τ';
  switch (shows) {
    case 'changes':
      return isOfWeights ? 'the weights x' : 'τ = model − base';
    case 'drawn':
      return 'τ × draw';
    case 'left':
      if (worked.cuts) return 'τ where |τ| ≥ cut';
      return {
        inverse: method.drawsByRank ? '÷ chance' : '÷ density',
        l1: 'to the old Σ|τ|',
        none: 'as drawn',
      }[arithmetic.rescale];
    case 'vote':
      return {
        total: `sign of Σ ${wanted}`,
        frequency: `Σ of signs of ${wanted}`,
        unanimous: 'all alike, or none',
      }[arithmetic.election];
    case 'arc':
      return worked.arc ? `${((180 * worked.arc.angle) / Math.PI).toFixed(1)}°` : '';
    case 'merged': {
      if (worked.arc) return 'a × first + b × second';
      const sum = isOfWeights ? 'Σ w·x' : 'Σ w·τ';
      if (!worked.elected) return global['normalize'] ? `${sum} ÷ Σ w` : sum;
      const { divisor } = arithmetic;
      return `Σ agreeing w·τ${{ weights: ' ÷ Σ w', count: ' ÷ count', none: '' }[divisor]}`;
    }
    case 'result':
      return 'base + λ × merged';
    default:
      return shows satisfies never;
  }
}

function inNumbers({ shows }: Step, told: Told, i: number): string {
  const { cast, changes, worked, write } = told;
  switch (shows) {
    case 'changes':
      return valuesOf(changes, i, write);
    case 'drawn':
      return valuesOf(worked.drawn ?? worked.left, i, write);
    case 'left':
      return valuesOf(worked.left, i, write);
    case 'vote': {
      const said = (worked.votes ?? worked.contributions).map((row) => row[i]);
      const sign = { '1': 'plus', '-1': 'minus', '0': 'nobody' }[`${worked.elected?.[i] ?? 0}`];
      if (cast.arithmetic.election === 'unanimous') {
        return agree(said) ? `all: ${sign}` : 'not all: nobody';
      }
      const total = outcome(cast.arithmetic.election, said);
      return `Σ = ${cast.arithmetic.election === 'total' ? write(total) : total}: ${sign}`;
    }
    case 'merged':
      return changes.length > most ? `= ${write(worked.unscaled[i])}` : mergedLine(told, i);
    case 'result': {
      const lambda = plain(Number(cast.global['lambda'] ?? 1));
      return `${lambda} × ${write(worked.unscaled[i])} = ${write(worked.result[i])}`;
    }
    case 'arc':
      return inSymbols({ shows, name: '' }, told);
    default:
      return shows satisfies never;
  }
}

function valuesOf(
  rows: readonly (readonly number[])[],
  i: number,
  write: (value: number) => string,
): string {
  if (rows.length <= most)
    return rows.map((row) => (row[i] === 0 ? '0' : write(row[i]))).join('  ');
  const left = rows.filter((row) => row[i] !== 0).length;
  return `${left} of ${rows.length}: Σ = ${write(rows.reduce((sum, row) => sum + row[i], 0))}`;
}
