import { NonFiniteError } from '../compute/backend.ts';
import { definitionBackend } from '../compute/cpu/definition.ts';
import { gpuBackend } from '../compute/gpu/backend.ts';
import {
  type Arithmetic,
  arithmeticWords,
  type Dialect,
  resolveArithmetic,
} from '../methods/dialect.ts';
import type { MergeMethod } from '../methods/method.ts';
import { type InputDtype, precisionOf } from '../methods/precision.ts';
import { decode } from '../numerics/decode.ts';
import type { FloatDtype } from '../numerics/dtype.ts';
import { type MergedPlanes, mergePlanes, type PlanesMerge } from './merge-planes.ts';
import { bytesOf } from './merge-tensor.ts';
import { type Random, type Regime, sampleValues, sampleWeights } from './samples.ts';

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
  /** What inputs are rounded to first; nothing when left out. */
  readonly inputs?: InputDtype;
  readonly unroll?: boolean;
  /**
   * Whether the adapter divides as IEEE 754 says, as software does; yes when left out. WGSL lets a
   * quotient be off by 2.5 units in the last place, and graphics processors make use of it.
   */
  readonly dividesExactly?: boolean;
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

export function sampleMerge(sample: Sample): PlanesMerge {
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
      shape: shapeOf(elementCount),
      output,
      inputs: sample.inputs ?? 'stored',
    },
    ...{ tensorKey, ordinals, blockSize: Math.max(blockSize, elementCount / 5, 1) | 0 || 1 },
  };
}

/** Several rows of an odd length where there are any. */
function shapeOf(elementCount: number): readonly number[] {
  const columns = [17, 13, 7, 5, 3, 2].find((length) => elementCount % length === 0) ?? 1;
  return [elementCount / columns, columns];
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

/** What came of a sample on the GPU, held against the definition. */
export type Comparison = {
  /** `left` to the CPU: the definition makes NaN or infinity of it, and the GPU refused. */
  readonly outcome: 'compared' | 'left';
  /** Elements that differ at all. */
  readonly different: number;
  /** Why the GPU is further off than the definition allows, or null. */
  readonly failure: string | null;
};

/** Merges a sample on both backends. */
export async function comparison(device: GPUDevice, sample: Sample): Promise<Comparison> {
  const merge = sampleMerge(sample);
  const gpu = gpuBackend(device, 'test', {
    unroll: sample.unroll ?? true,
    sampleSize: 64,
    pieceLimit: 1 << 20,
    gridWidth: 3,
  });
  const { method, global, perModel, choices } = merge;
  const about = JSON.stringify({ ...sample, method: method.id, global, perModel, ...choices });
  try {
    const wanted = await mergePlanes(definitionBackend(), merge);
    const got = await mergePlanes(gpu, merge).catch((error) => {
      if (error instanceof NonFiniteError) return null;
      throw error;
    });
    // Weights that sum to zero, normalised: the GPU leaves such a tensor to the CPU.
    if (wanted.nonFinite > 0 || got === null) {
      const agreed = wanted.nonFinite > 0 && got === null;
      const failure = agreed ? null : `only one backend met NaN or infinity; ${about}`;
      return { outcome: 'left', different: 0, failure };
    }
    const { different, failure } = difference(sample, merge, got, wanted);
    return { outcome: 'compared', different, failure: failure && `${failure}; ${about}` };
  } finally {
    gpu.dispose();
  }
}

function difference(
  { regime, dividesExactly = true }: Sample,
  merge: PlanesMerge,
  got: MergedPlanes,
  wanted: MergedPlanes,
): Pick<Comparison, 'different' | 'failure'> {
  const { method, dialect, output, elementCount } = merge;
  const [a, b] = [got, wanted].map(({ bytes }) => {
    const values = new Float32Array(elementCount);
    decode(bytes, output, values);
    return values;
  });
  const arithmetic = resolveArithmetic(dialect, method.exceptions, merge.choices ?? {});
  const precision = precisionOf(arithmetic.work, merge.dtypes, merge.inputs ?? 'stored');
  const work = precision.work === 'F32' ? precision.resultAs : precision.work;
  const epsilon = 16 * EPSILON[work];
  const terms = termsOf(merge);
  // Norms are sums, which differ in their last digits; they make coefficients, and those all the rest.
  const sameCoefficients = got.measured.every((answer) => answer.length === 2);
  const exact = regime === 'dyadic' && sameCoefficients && dividesExactly;
  let different = 0;
  let failure: string | null = null;
  for (let i = 0; i < elementCount; i++) {
    const error = Math.abs(a[i] - b[i]);
    if (error === 0) continue;
    different++;
    const allowed = exact ? 0 : terms[i] * epsilon + Math.abs(b[i]) * SPACING[output];
    if (!(error <= allowed)) failure ??= `element ${i}: ${a[i]}, not ${b[i]} ± ${allowed}`;
  }
  // The magnitude at a rank and the index of the cut are exact.
  const [cuts, wantedCuts] = [got, wanted].map(({ measured }) =>
    JSON.stringify(measured.filter((answer) => answer.length === 2)),
  );
  if (cuts !== wantedCuts) failure ??= `cuts ${cuts}, not ${wantedCuts}`;
  // Steps that round to 16 bits hide what a division may be off by, but for a few elements.
  if (sameCoefficients && work !== 'F32' && different > elementCount / 50) {
    failure ??= `${different} elements differ`;
  }
  if (exact && got.saturated !== wanted.saturated) {
    failure ??= `${got.saturated} saturated, not ${wanted.saturated}`;
  }
  return { different, failure };
}
