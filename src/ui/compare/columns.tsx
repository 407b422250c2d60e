import type { ReactNode } from 'react';
import type { Outcome } from '../../views/outcome.ts';
import { percent } from '../conflicts/metrics.ts';
import { signed } from '../kit/format.ts';
import { Filled } from './filled.tsx';

/** One number of every outcome. */
export type Column = {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly numberOf: (outcome: Outcome) => number | null;
  readonly show: (value: number | null, most: number) => ReactNode;
};

const share = (value: number | null) => (
  <Filled share={value ?? 0}>{value === null ? '–' : percent(value)}</Filled>
);

/** @param models names of the experts */
export function columnsOf(models: readonly string[]): readonly Column[] {
  return [
    {
      id: 'conflicts',
      label: 'Conflicts',
      help: 'of the elements that two models or more still change after trim or draw, those where they pull in opposite directions',
      numberOf: ({ conflictRate }) => conflictRate,
      show: share,
    },
    ...models.map((name, k) => ({
      id: `kept ${k}`,
      label: `cos ${name}`,
      help: `cosine of the merged change with what ${name} changed`,
      numberOf: ({ cosines }: Outcome) => cosines[k],
      show: (value: number | null) => (
        <Filled share={value ?? 0} isSigned>
          {value === null ? '–' : signed(value)}
        </Filled>
      ),
    })),
    {
      id: 'norm',
      label: '÷ average',
      help: 'length of the merged change beside that of the plain average of all changes',
      numberOf: ({ overAverage }) => overAverage,
      show: (value, most) => (
        <Filled share={(value ?? 0) / Math.max(1, most)} mark={1 / Math.max(1, most)}>
          {value === null ? '–' : value.toFixed(2)}
        </Filled>
      ),
    },
    {
      id: 'flipped',
      label: 'Signs flipped',
      help: 'of the base’s elements that are not zero, those with the other sign after the merge',
      numberOf: ({ flipped }) => flipped,
      show: share,
    },
    {
      id: 'changed',
      label: 'Changed',
      help: 'of all elements, those that the merge changes before they are rounded to the output’s dtype',
      numberOf: ({ unchanged }) => (unchanged === null ? null : 1 - unchanged),
      show: share,
    },
    {
      id: 'overruled',
      label: 'Overruled',
      help: 'of what the models want, what loses the election; – where the method holds none',
      numberOf: ({ overruled }) => overruled,
      show: share,
    },
  ];
}
