/**
 * Where mergekit rounds, bit for bit: numbers made by the real mergekit over 16-bit dtypes, see
 * tools/goldens/steps.py. Both the definition and the compiled shaders must give them.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { cpuBackend } from '../compute/cpu/backend.ts';
import { definitionBackend } from '../compute/cpu/definition.ts';
import { decode } from '../numerics/decode.ts';
import { bytesPerElement, type FloatDtype } from '../numerics/dtype.ts';
import { noise, tensorKey } from '../numerics/random.ts';
import steps from '../testing/goldens/steps.json';
import { mergePlanes, type PlanesMerge } from '../testing/merge-planes.ts';
import { bytesOf } from '../testing/merge-tensor.ts';
import type { Arithmetic } from './dialect.ts';
import { defaultsOf, type ParamValue } from './params.ts';
import { type InputDtype, precisionOf } from './precision.ts';
import { findMethod } from './registry.ts';

type Plane = {
  readonly dtype: FloatDtype;
  /** Hex of what is stored, or noise that is made again. */
  readonly codes?: string;
  readonly uniform?: string;
  readonly count?: number;
  readonly scale?: number;
};
type Step = {
  readonly name: string;
  readonly method: string;
  readonly family: string;
  readonly base: number | null;
  readonly models: readonly number[];
  readonly inputs: InputDtype;
  readonly output: FloatDtype;
  readonly global: Readonly<Record<string, number | boolean>>;
  readonly weights: readonly number[] | null;
  readonly densities: readonly number[] | null;
  /** What is wrong with mergekit's answer. */
  readonly bug?: string;
  /** Hex of the output, or its SHA-256 when it is long. */
  readonly expected: string;
};

const families = steps.families as Readonly<Record<string, readonly Plane[]>>;
const cases = steps.cases as readonly Step[];
const TENSOR = 'model.layers.0.mlp.up_proj.weight';

function storedOf({ dtype, codes, uniform = '', count = 0, scale = 1 }: Plane) {
  if (codes !== undefined) return new Uint8Array(Buffer.from(codes, 'hex'));
  const key = tensorKey(uniform);
  const values = Array.from(
    { length: count },
    (_, i) => ((noise(1, 0, key, 0, i) >>> 8) / 2 ** 23 - 1) * scale,
  );
  return bytesOf(values, dtype);
}

function mergeOf(step: Step): PlanesMerge {
  const method = findMethod(step.method)!;
  const family = families[step.family];
  const used = [...step.models, ...(step.base === null ? [] : [step.base])].map((k) => family[k]);
  const planes = used.map(storedOf);
  const { normalize, rescale, ...global } = step.global;
  const known = (values: object, schema: object) =>
    Object.fromEntries(Object.entries(values).filter(([key]) => key in schema));
  const row = (k: number) => ({ weight: step.weights?.[k], density: step.densities?.[k] });
  return {
    method,
    dialect: 'mergekit',
    choices: choicesOf(step),
    global: {
      ...defaultsOf(method.params.global),
      ...method.dialectDefaults?.mergekit?.global,
      ...global,
      ...known(normalize === undefined ? {} : { normalize }, method.params.global),
    } as Readonly<Record<string, ParamValue>>,
    perModel: step.models.map((_, k) => known(row(k), method.params.perModel)),
    planes,
    dtypes: used.map(({ dtype }) => dtype),
    hasBase: step.base !== null,
    elementCount: planes[0].length / bytesPerElement(used[0].dtype),
    output: step.output,
    inputs: step.inputs,
    tensorKey: tensorKey(TENSOR),
    ordinals: step.models.map((_, k) => k),
  };
}

/** `normalize` of the voting methods and `rescale` of a trim are choices of ours. */
function choicesOf({ method, global }: Step): Partial<Arithmetic> {
  const votes = method === 'ties' || method === 'dare_ties';
  const divides = global['normalize'] ?? method === 'ties';
  return {
    ...(votes ? { divisor: divides ? 'weights' : 'none' } : {}),
    ...(global['rescale'] === true ? { trimRescale: 'l1' } : {}),
  };
}

/** Σ |weight · value| of an element: what rounding errors in f32 are measured against. */
function termsOf({ weights }: Step, { planes, dtypes }: PlanesMerge): readonly number[] {
  const values = planes.map((plane, k) => valuesOf(plane, dtypes[k]));
  const largest = Math.max(1, ...(weights ?? []).map(Math.abs));
  return Array.from(values[0], (_, i) => values.reduce((s, v) => s + largest * Math.abs(v[i]), 0));
}

function valuesOf(bytes: Uint8Array<ArrayBuffer>, dtype: FloatDtype): Float32Array {
  const values = new Float32Array(bytes.length / bytesPerElement(dtype));
  decode(bytes, dtype, values);
  return values;
}

const BITS: Readonly<Record<string, number>> = { F32: 24, F16: 11, BF16: 8 };

/**
 * How far an element may be off. Steps of 16 bits must agree bit for bit. In f32, mergekit's `linear` adds a
 * product without rounding it first, and its norms and masses are sums in f32: that is one unit in the last
 * place of a 16-bit result, or 10⁻⁶ of the terms. A trim that was asked for in F32, for its bug, differs by the
 * roundings of its steps.
 */
function toleranceOf({ method, inputs, output, bug = '' }: Step, { dtypes }: PlanesMerge) {
  const { work } = precisionOf('tensor', dtypes, inputs);
  const measures = method === 'slerp' || method.startsWith('dare');
  const isExact = method === 'linear' ? false : work === 'F32' ? !measures : method !== 'slerp';
  const stored = output === 'F32' ? work : output;
  return (value: number, terms: number): number => {
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(value) || 2 ** -24)) + 1 - BITS[stored]);
    if (bug.endsWith('asked in F32')) return 2 ** -11 * terms;
    return isExact ? 0 : stored === 'F32' ? 1e-6 * terms : unit;
  };
}

for (const [kind, backend] of [
  ['the definition', definitionBackend()],
  ['the compiled shaders', cpuBackend()],
] as const) {
  describe(`${kind} round where mergekit does`, () => {
    test.each(cases.map((step) => [step.name, step] as const))('%s', async (_, step) => {
      const merge = mergeOf(step);
      const merged = await mergePlanes(backend, merge);
      const hex = Buffer.from(merged.bytes).toString('hex');
      if (step.expected.length < hex.length) {
        const digest = createHash('sha256').update(merged.bytes).digest('hex');
        expect(digest).toBe(step.expected);
        return;
      }
      const wanted = valuesOf(new Uint8Array(Buffer.from(step.expected, 'hex')), step.output);
      const found = valuesOf(merged.bytes, step.output);
      const allowed = toleranceOf(step, merge);
      const terms = termsOf(step, merge);
      wanted.forEach((value, i) => {
        if (Object.is(found[i], value)) return;
        expect(Math.abs(found[i] - value), `element ${i}`).toBeLessThanOrEqual(
          allowed(value, terms[i]),
        );
      });
    });
  });
}
