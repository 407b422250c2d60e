import type { Param, ParamSchema, ParamValue } from '../methods/params.ts';

/**
 * Inputs for comparing backends. Random ones tell small errors; dyadic ones, multiples of 1/64 with
 * powers of two as weights, make every sum and product exact, so that a wrong decision cannot hide.
 */
export type Regime = 'random' | 'dyadic';

export type Random = () => number;

/** Uniform numbers in [0, 1); the same ones for the same seed. */
export function randomNumbers(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b9);
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    return ((mixed ^ (mixed >>> 13)) >>> 8) / 2 ** 24;
  };
}

/** `count` weights: many equal ones in the dyadic regime, and a share of zeros in both. */
export function sampleWeights(random: Random, count: number, regime: Regime): Float32Array {
  return Float32Array.from({ length: count }, () => {
    if (random() < 0.05) return 0;
    if (regime === 'dyadic') return Math.floor(random() * 31 - 15) / 64;
    return (random() + random() + random() - 1.5) * 2;
  });
}

const DYADIC = [0, 0.25, 0.5, 1, 2, -1];

function sampleValue(random: Random, param: Param, regime: Regime): ParamValue {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)];
  switch (param.kind) {
    case 'toggle':
      return random() < 0.5;
    case 'choice':
      return pick(param.choices).value;
    case 'seed':
      return Math.floor(random() * 2 ** 32);
    case 'number': {
      if (param.integer) return pick([1, 2, 4]);
      const [low, high] = param.soft ?? [param.min, param.max];
      if (regime === 'dyadic') return pick(DYADIC.filter((value) => value >= low && value <= high));
      // Negative weights may cancel, and then every error is large; those are dyadic's affair.
      const positive = Math.max(low, 0.1);
      return positive + random() * (high - positive);
    }
    default:
      return param satisfies never;
  }
}

/** A value for every parameter of a method's schema. */
export function sampleValues(
  random: Random,
  schema: ParamSchema,
  regime: Regime,
): Readonly<Record<string, ParamValue>> {
  return Object.fromEntries(
    Object.entries(schema).map(([key, param]) => [key, sampleValue(random, param, regime)]),
  );
}
