import { expect } from 'vitest';
import { NonFiniteError } from '../compute/backend.ts';
import { cpuBackend } from '../compute/cpu/backend.ts';
import { definitionBackend } from '../compute/cpu/definition.ts';
import { compiledPrograms } from '../compute/cpu/programs.ts';
import { gpuBackend } from '../compute/gpu/backend.ts';
import {
  type Arithmetic,
  arithmeticWords,
  type Dialect,
  resolveArithmetic,
} from '../methods/dialect.ts';
import type { MergeMethod } from '../methods/method.ts';
import { decode } from '../numerics/decode.ts';
import type { FloatDtype } from '../numerics/dtype.ts';
import { mergePlanes, type PlanesMerge, workOf } from './merge-planes.ts';
import { bytesOf } from './merge-tensor.ts';
import { type Random, type Regime, sampleValues, sampleWeights } from './samples.ts';

/** Variants are compiled once for all tests. */
const programs = compiledPrograms();

/** One merge of made-up weights. */
export type Sample = {
  readonly random: Random;
  readonly method: MergeMethod;
  readonly dialect: Dialect;
  /** The same for all samples of a test, since each set is compiled anew. */
  readonly choices: Partial<Arithmetic>;
  readonly regime: Regime;
  readonly models: number;
  readonly elementCount: number;
  readonly dtypeOf: (plane: number) => FloatDtype;
  readonly output: FloatDtype;
  readonly unroll?: boolean;
};

/** Some of the choices made by hand; the precision of a step stays the dialect's. */
export function sampleChoices(random: Random, method: MergeMethod): Partial<Arithmetic> {
  const byHand = method.choices.filter((choice) => choice !== 'work' && random() < 0.5);
  return Object.fromEntries(
    byHand.map((choice) => {
      const values = Object.keys(arithmeticWords[choice].choices);
      return [choice, values[Math.floor(random() * values.length)]];
    }),
  );
}

function sampleMerge(sample: Sample): PlanesMerge {
  const { random, method, dialect, choices, regime, models, elementCount, dtypeOf, output } =
    sample;
  const { base } = method.arity;
  const hasBase = base === 'required' || (base === 'optional' && random() < 0.5);
  const dtypes = Array.from({ length: models + (hasBase ? 1 : 0) }, (_, k) => dtypeOf(k));
  const planes = dtypes.map((dtype) => bytesOf(sampleWeights(random, elementCount, regime), dtype));
  const global = { ...sampleValues(random, method.params.global, regime) };
  if (!hasBase && 'of' in global) global.of = 'weights';
  const perModel = Array.from({ length: models }, () =>
    sampleValues(random, method.params.perModel, regime),
  );
  const ordinals = Array.from({ length: models }, (_, k) => 2 * k + 1);
  const tensorKey = Math.floor(random() * 2 ** 32);
  const blockSize = random() < 0.5 ? elementCount : 1 + Math.floor(random() * elementCount);
  return {
    ...{
      method,
      dialect,
      choices,
      global,
      perModel,
      planes,
      dtypes,
      hasBase,
      elementCount,
      output,
    },
    ...{ tensorKey, ordinals, blockSize: Math.max(blockSize, elementCount / 5, 1) | 0 || 1 },
  };
}

const EPSILON = { F32: 2 ** -24, F16: 2 ** -11, BF16: 2 ** -8 } as const;
/** The distance between neighbours of a value, relative to it. */
const SPACING: Readonly<Record<FloatDtype, number>> = {
  ...{ F64: 2 ** -23, F32: 2 ** -23, F16: 2 ** -10, BF16: 2 ** -7 },
  ...{ F8_E4M3: 2 ** -3, F8_E5M2: 2 ** -2 },
};

/** Σ of the magnitudes of all terms an element is made of, times what divisions may enlarge it by. */
function termsOf(merge: PlanesMerge): Float64Array {
  const { planes, dtypes, hasBase, elementCount, global, perModel, method } = merge;
  const values = planes.map((plane, p) => {
    const decoded = new Float32Array(elementCount);
    decode(plane, dtypes[p], decoded);
    return decoded;
  });
  const models = perModel.length;
  const lambda = Math.abs(Number(global.lambda ?? 1));
  const weights = perModel.map(({ weight = 1 }) => Math.abs(Number(weight)));
  const densities = perModel.map(({ density = 1 }) => Number(density)).filter((d) => d > 0);
  const enlarged = 4 / Math.min(...densities, 0.05, ...weights.filter((weight) => weight > 0));
  const t = method.id === 'slerp' ? 4 : 1;
  return Float64Array.from({ length: elementCount }, (_, i) => {
    const base = hasBase ? Math.abs(values[models][i]) : 0;
    let sum = 0;
    for (let k = 0; k < models; k++) sum += weights[k] * (Math.abs(values[k][i]) + base);
    return base + (lambda || 1) * enlarged * t * sum;
  });
}

/** Merges a sample on both backends; fails where the GPU is further off than the definition allows. */
export async function compare(device: GPUDevice, sample: Sample): Promise<void> {
  const merge = sampleMerge(sample);
  const unroll = sample.unroll ?? true;
  const gpu = gpuBackend(device, 'test', {
    unroll,
    sampleSize: 64,
    pieceLimit: 1 << 20,
    gridWidth: 3,
  });
  const cpu = definitionBackend();
  try {
    const wanted = await mergePlanes(cpu, merge);
    if (wanted.nonFinite > 0) {
      // Weights that sum to zero, normalised: the GPU leaves such a tensor to the CPU.
      await expect(mergePlanes(gpu, merge)).rejects.toThrow(NonFiniteError);
      return;
    }
    const got = await mergePlanes(gpu, merge);
    const { method, dialect, output, elementCount, global, perModel } = merge;
    const about = JSON.stringify({
      ...sample,
      method: method.id,
      global,
      perModel,
      ...merge.choices,
    });
    // The magnitude at a rank and the index of the cut are exact.
    const cuts = (all: typeof got) => all.measured.filter((answer) => answer.length === 2);
    expect(cuts(got), about).toEqual(cuts(wanted));
    const [a, b] = [got, wanted].map(({ bytes }) => {
      const values = new Float32Array(elementCount);
      decode(bytes, output, values);
      return values;
    });
    const arithmetic = resolveArithmetic(dialect, method.exceptions, merge.choices ?? {});
    const epsilon = 16 * EPSILON[workOf(arithmetic, merge.dtypes)];
    const terms = termsOf(merge);
    // Norms are sums, which differ in their last digits; they make coefficients, and those all the rest.
    const exact = sample.regime === 'dyadic' && got.measured.every((answer) => answer.length === 2);
    let different = 0;
    for (let i = 0; i < elementCount; i++) {
      const error = Math.abs(a[i] - b[i]);
      if (error === 0) continue;
      different++;
      const allowed = exact ? 0 : terms[i] * epsilon + Math.abs(b[i]) * SPACING[output];
      if (error > allowed) expect.fail(`element ${i}: ${a[i]}, not ${b[i]} ± ${allowed}; ${about}`);
    }
    // Steps that round to 16 bits hide what a division may be off by, but for a few elements.
    const sameCoefficients = got.measured.every((answer) => answer.length === 2);
    if (sameCoefficients && workOf(arithmetic, merge.dtypes) !== 'F32') {
      expect(different, about).toBeLessThanOrEqual(elementCount / 50);
    }
    if (exact) expect(got.saturated, about).toBe(wanted.saturated);
  } finally {
    gpu.dispose();
  }
}

/** Merges a sample with the compiled shaders; fails where a byte, an answer or a count is not the definition's. */
export async function same(sample: Sample): Promise<void> {
  const merge = sampleMerge(sample);
  const wanted = await mergePlanes(definitionBackend(), merge);
  const got = await mergePlanes(cpuBackend(programs), merge);
  const about = JSON.stringify({ ...sample, method: merge.method.id, global: merge.global });
  expect(got.measured, about).toEqual(wanted.measured);
  expect([got.saturated, got.nonFinite], about).toEqual([wanted.saturated, wanted.nonFinite]);
  const first = got.bytes.findIndex((byte, i) => byte !== wanted.bytes[i]);
  expect(first, about).toBe(-1);
}
