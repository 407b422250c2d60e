/** What a cell can be coloured by. */

import type { Colour } from '../../stores/view.ts';
import type { Stats } from '../../views/conflict-map.ts';
import { chanceLevel } from '../../views/rates.ts';

export type Metric = {
  readonly id: Colour;
  readonly label: string;
  /** One sentence: what the number is, with what it is divided by. */
  readonly help: string;
  readonly of: (stats: Stats) => number | null;
  readonly errorOf: (stats: Stats) => number | null;
  /** Shares lie in 0 … 1; a norm goes up to the largest one there is. */
  readonly isShare: boolean;
  /** What models of random signs would give; null where that depends on more than their number. */
  readonly chance: (models: number) => number | null;
};

const none = () => null;

export const metrics: readonly Metric[] = [
  {
    id: 'cancellation',
    label: 'Cancellation',
    help: 'How much of what the models want cancels when it is added up: 2·min(P, Q) ÷ (P + Q), with P all that pulls towards plus and Q towards minus. Large changes count more.',
    of: ({ cancellation }) => cancellation,
    errorOf: ({ errors }) => errors.cancellation,
    isShare: true,
    chance: none,
  },
  {
    id: 'conflict',
    label: 'Conflict rate',
    help: 'Of the elements that two models or more change, those where they pull in opposite directions.',
    of: ({ conflictRate }) => conflictRate,
    errorOf: ({ errors }) => errors.conflictRate,
    isShare: true,
    chance: chanceLevel,
  },
  {
    id: 'margin',
    label: 'Margin',
    help: 'How clear the outcome is: |P − Q| ÷ (P + Q), with P all that pulls towards plus and Q towards minus. At 100 % nobody disagrees.',
    of: ({ cancellation }) => (cancellation === null ? null : 1 - cancellation),
    errorOf: ({ errors }) => errors.cancellation,
    isShare: true,
    chance: none,
  },
  {
    id: 'overruled',
    label: 'Overruled mass',
    help: 'Of all that the models want, the share that pulls the weaker way: an election by sum, as in TIES, would drop it.',
    of: ({ overruled }) => overruled,
    errorOf: none,
    isShare: true,
    chance: none,
  },
  {
    id: 'elections',
    label: 'Elections differ',
    help: 'Of the elements that two models or more change, those where the sum of the changes and the number of models choose different signs.',
    of: ({ disagreement }) => disagreement,
    errorOf: none,
    isShare: true,
    chance: none,
  },
  {
    id: 'norm',
    label: 'Size of change',
    help: 'How much the models change there: √Σ‖v‖², of all that a trim leaves, times the weights.',
    of: ({ norm }) => norm,
    errorOf: none,
    isShare: false,
    chance: none,
  },
];

/** "31 %", "0.4 %"; a length with three digits. */
export function worded(metric: Metric, value: number | null): string {
  if (value === null) return '–';
  if (!metric.isShare) return value === 0 ? '0' : value.toPrecision(3);
  return percent(value);
}

export function percent(share: number | null): string {
  if (share === null) return '–';
  const value = 100 * share;
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0)}\u00a0%`;
}

/** What models of random signs give: it depends on how many of them change an element, and a trim leaves fewer. */
export function chanceWords(models: number): string {
  const all = percent(chanceLevel(models));
  if (models < 3) return all;
  return `${percent(chanceLevel(2))} of what two change, ${all} of what all ${models} do`;
}
