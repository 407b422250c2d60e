import type { Estimate } from '../../evaluate/statistics/interval.ts';
import { together } from '../../evaluate/statistics/together.ts';
import { gainOf, lossGainOf, verdictOf } from '../../evaluate/tasks/compare.ts';
import { isShare } from '../../evaluate/tasks/task.ts';
import { findMethod } from '../../methods/registry.ts';
import type { Judged, Search } from '../../stores/search.ts';

/**
 * Whether the best of a search beats the recipe that it began from, on items that no candidate was asked. A gain is called one
 * only where the interval of paired items leaves 0 out. `begun` names the method of that recipe.
 */
export function judgement(judged: readonly Judged[], begun: string): string {
  const shares = judged.filter(({ task }) => isShare(task.kind));
  const of = shares.length > 0 ? shares : judged;
  const gain = together(of.map(({ task, before, after }) => gainOf(task, after, before)));
  if (gain === null) return 'Nothing is judged: no task has items in its held-out half.';
  const from = `the recipe it began from (${begun})`;
  const unit =
    shares.length > 0 ? points : of[0].task.kind === 'pairs' ? ofCorrelation : natsAToken;
  const loss = shares.length > 0 ? lossTold(shares) : '';
  switch (verdictOf(gain)) {
    case 'better':
      return `It beats ${from} on the held-out half, by ${unit(gain, 1)}.${loss}`;
    case 'worse':
      return `It does worse than ${from} on the held-out half, by ${unit(gain, -1)}: keep the recipe.${loss}`;
    default:
      return `It does not beat ${from} on the held-out half, as far as these items can tell: the difference is ${unit(gain, 1)}.${loss}`;
  }
}

/** After what else is said of a search; empty before it is judged. A correlation's interval is drawn a thousand times. */
export function verdictOn({ judged, start }: Search): string {
  if (judged.length === 0) return '';
  return ` ${judgement(judged, findMethod(start.method)?.title ?? start.method)}`;
}

/** The score is a staircase: the loss may have moved where it has not. */
function lossTold(judged: readonly Judged[]): string {
  const gain = together(judged.map(({ task: _, before, after }) => lossGainOf(after, before)));
  if (gain === null) return '';
  const verdict = verdictOf(gain);
  if (verdict === 'not told apart') return ' Its loss there cannot be told apart either.';
  return verdict === 'better'
    ? ` Its loss there is lower, by ${natsAToken(gain, 1)}.`
    : ` Its loss there is higher, by ${natsAToken(gain, -1)}.`;
}

type Told = (gain: Estimate, sign: 1 | -1) => string;

const told =
  (unit: string, scale: number, digits: number): Told =>
  ({ value, low, high }, sign) => {
    const show = (number: number) => (sign * scale * number).toFixed(digits).replace('-', '−');
    const [from, to] = sign < 0 ? [high, low] : [low, high];
    return `${show(value)} ${unit} (95 %: ${show(from)} to ${show(to)})`;
  };
const points = told('points of the score', 100, 1);
const ofCorrelation = told('of correlation', 1, 3);
const natsAToken = told('nats a token', 1, 3);
