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
    help: 'How much of what the models want cancels when it is added up: 2·min(P, Q) ÷ (P + Q), large changes count more.',
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
    help: 'How clear the elected signs are: |P − Q| ÷ (P + Q).',
    of: ({ cancellation }) => (cancellation === null ? null : 1 - cancellation),
    errorOf: ({ errors }) => errors.cancellation,
    isShare: true,
    chance: none,
  },
  {
    id: 'overruled',
    label: 'Overruled mass',
    help: 'Of what all models want, the share whose sign is not elected.',
    of: ({ overruled }) => overruled,
    errorOf: none,
    isShare: true,
    chance: none,
  },
  {
    id: 'elections',
    label: 'Elections differ',
    help: 'Of the shared elements, those where the sum of values and the count of signs elect different signs.',
    of: ({ disagreement }) => disagreement,
    errorOf: none,
    isShare: true,
    chance: none,
  },
  {
    id: 'norm',
    label: 'Size of change',
    help: 'The length of all that is left of the task vectors, weighted: √Σ‖v‖².',
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
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0)} %`;
}
