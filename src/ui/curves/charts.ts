import type { Outcome } from '../../views/outcome.ts';
import { sized } from '../changes/histogram.tsx';
import { percent } from '../conflicts/metrics.ts';
import { signed } from '../kit/format.ts';
import type { Range } from './curve.ts';

/** A number of an outcome that a curve follows. */
export type Series = {
  readonly name: string;
  /** Which of the experts' tones it has; null for that of the base and of the whole. */
  readonly expert: number | null;
  readonly numberOf: (outcome: Outcome) => number | null;
};

export type ChartKind = {
  readonly title: string;
  readonly help: string;
  readonly series: readonly Series[];
  /** Fixed limits; else from 0 to the largest value. */
  readonly range: Range | null;
  readonly text: (value: number) => string;
  /** The same in a sentence, of one series. */
  readonly told: (text: string, name: string) => string;
};

/** What is told along a sweep. @param models names of the experts */
export function chartsOf(models: readonly string[]): readonly ChartKind[] {
  return [
    {
      title: 'Cosine with each task vector',
      help: 'Which way the merged change goes: +1 is all the way of that model.',
      series: models.map((name, expert) => ({
        ...{ name, expert, numberOf: ({ cosines }: Outcome) => cosines[expert] },
      })),
      range: [-1, 1],
      text: (value) => signed(value),
      told: (text, name) => `cosine ${text} with ${name}`,
    },
    {
      title: 'Distance',
      help: 'How far the merged weights lie from each model; from the base it is the length of the merged change.',
      series: [
        ...models.map((name, expert) => ({
          ...{ name, expert, numberOf: ({ distances }: Outcome) => distances[expert].distance },
        })),
        { name: 'the base', expert: null, numberOf: ({ norm }) => norm },
      ],
      range: null,
      text: sized,
      told: (text, name) => `${text} from ${name}`,
    },
    {
      title: 'Signs flipped',
      help: 'Of the base’s elements that are not zero, those with the other sign after the merge.',
      series: [{ name: 'signs flipped', expert: null, numberOf: ({ flipped }) => flipped }],
      range: null,
      text: percent,
      told: (text) => `${text} of the signs flipped`,
    },
    {
      title: 'Conflicts after trim or draw',
      help: 'Of the elements that two models or more still change, those where they pull in opposite directions.',
      series: [{ name: 'conflicts', expert: null, numberOf: ({ conflictRate }) => conflictRate }],
      range: [0, 1],
      text: percent,
      told: (text) => `${text} of the shared elements in conflict`,
    },
  ];
}

/** What a sweep of `label` does to the directions, in a sentence. */
export function turning(
  label: string,
  models: readonly string[],
  told: readonly { readonly x: number; readonly outcome: Outcome }[],
): string {
  const spans = models.flatMap((name, k) => {
    const known = told.flatMap(({ x, outcome: { cosines } }) => {
      const cosine = cosines[k];
      return cosine === null ? [] : [{ x, cosine }];
    });
    if (known.length < 2) return [];
    const by = known.toSorted((a, b) => a.cosine - b.cosine);
    const [least, most] = [by[0], by[by.length - 1]];
    return [{ name, least, most, span: most.cosine - least.cosine }];
  });
  const widest = spans.toSorted((a, b) => b.span - a.span)[0];
  if (widest === undefined) return `Nothing is known yet along ${label}.`;
  if (widest.span < 0.005) {
    return `${label} changes how far the merge goes, not which way: the cosines stay as they are.`;
  }
  const { name, least, most } = widest;
  return `Along ${label} the merge turns most towards ${name}: from a cosine of ${signed(least.cosine)} at ${least.x} to ${signed(most.cosine)} at ${most.x}.`;
}
