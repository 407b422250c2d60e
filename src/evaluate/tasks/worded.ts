import type { Unit } from './objective.ts';
import type { TaskKind } from './task.ts';

/** Shares in per cent, perplexities and correlations as they are. */
export function worded(kind: TaskKind, value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (kind === 'exact' || kind === 'choice') {
    return `${(100 * value).toFixed(1).replace('.0', '')} %`;
  }
  if (kind === 'pairs') return value.toFixed(3);
  return value < 100 ? value.toFixed(2) : Math.round(value).toLocaleString('en');
}

/** "94.6–98.4 %": both ends of an interval. */
export function between(kind: TaskKind, low: number, high: number): string {
  const [from, to] = [worded(kind, low), worded(kind, high)];
  return `${from.endsWith(' %') && to.endsWith(' %') ? from.slice(0, -2) : from}–${to}`;
}

/** What a search makes small: "0.1234 nats a token", "a correlation of 0.834". */
export function lossWorded(unit: Unit, value: number): string {
  return unit === '1 − correlation'
    ? `a correlation of ${(1 - value).toFixed(3)}`
    : `${value.toFixed(4)} ${unit}`;
}
