/**
 * Numbers made by the real mergekit and PEFT, and by an independent definition of the papers; see
 * tools/goldens. Where a tool's result is a bug, `declined` says why we do not reproduce it.
 */
import { describe, expect, test } from 'vitest';
import type { Work } from '../compute/backend.ts';
import { definitionBackend } from '../compute/cpu/definition.ts';
import type { FloatDtype } from '../numerics/dtype.ts';
import { roundTo } from '../numerics/round.ts';
import { mergeTensor } from '../testing/merge-tensor.ts';
import type { Arithmetic, Dialect } from './dialect.ts';
import { findMethod } from './registry.ts';

type Golden = {
  readonly name: string;
  readonly dialect: Dialect;
  readonly dtype: FloatDtype;
  readonly work: Work;
  readonly base: readonly number[] | null;
  readonly models: readonly (readonly number[])[];
  readonly global: Readonly<Record<string, number | boolean>>;
  readonly perModel: readonly Readonly<Record<string, number>>[];
  readonly options: Readonly<Record<string, string>>;
  readonly seed?: number;
  readonly tensor?: string;
  readonly expected: readonly (number | string)[];
  readonly bug?: string;
};

const files = import.meta.glob<{ cases: readonly Golden[] }>(
  [
    '../testing/goldens/*.json',
    '!../testing/goldens/{adapters,combined,gguf,gpt2-probe,noise,recipes,sentencepiece,steps}.json',
  ],
  { eager: true, import: 'default' },
);

/** Bugs of a tool that a dialect does not share, and why. */
const declined: Readonly<Record<string, string>> = {
  'density 0 divides zero by zero: NaN': 'a merge full of NaN helps nobody: density 0 drops all',
  'weights that sum to zero divide by zero without a word': 'the plan refuses such weights',
};

/** A golden's names for choices that our recipe calls otherwise. */
function arithmeticOf(golden: Golden, method: string): Partial<Arithmetic> {
  const { slerpOf: _, rescale, ...options } = golden.options;
  const normalize = golden.global['normalize'];
  const divides = (method === 'ties' || method === 'dare_ties') && normalize !== undefined;
  const rescaled = rescale === undefined ? {} : { rescale: rescale as Arithmetic['rescale'] };
  const trimmed = rescale === 'l1' ? { trimRescale: 'l1' as const } : {};
  return {
    ...(divides ? { divisor: normalize ? 'weights' : 'none' } : {}),
    ...(method.startsWith('dare') ? rescaled : trimmed),
    ...options,
  };
}

/** Σ |terms| of an element: what rounding errors are measured against. */
function scaleOf(golden: Golden, i: number): number {
  const largest = Math.max(...golden.perModel.map((model) => Math.abs(model['weight'] ?? 1)), 1);
  const values = [...golden.models, ...(golden.base ? [golden.base] : [])];
  return largest * values.reduce((sum, plane) => sum + Math.abs(plane[i]), 0);
}

/** One unit in the last place of a bf16 value. */
function bf16Step(value: number): number {
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(value), 2 ** -126)));
  return 2 ** (exponent - 7);
}

/** mergekit’s f32 cosine is one step off; near ±1 the angle and its sine magnify that by 1 / sin². */
function illConditioned({ models: [a, b], dialect }: Golden): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * y[i], 0);
  const sine2 = 1 - dot(a, b) ** 2 / Math.max(dot(a, a) * dot(b, b), 1e-30);
  return dialect === 'mergekit' && sine2 > 1 - 0.9995 ** 2 ? 1 / sine2 : 1;
}

const backend = definitionBackend();

for (const [path, { cases }] of Object.entries(files)) {
  const id = path.replace(/^.*\/|\.json$/g, '');
  const method = findMethod(id);

  describe(`${id} gives the numbers of`, () => {
    for (const golden of cases.filter((golden) => !declined[golden.bug ?? ''])) {
      test(golden.name, async () => {
        if (!method) throw new Error(`no method ${id}`);
        const { normalize, ...parameters } = golden.global;
        const merged = await mergeTensor(backend, {
          method,
          ...golden,
          arithmetic: arithmeticOf(golden, id),
          tensor: golden.tensor ?? 'weight',
          global: {
            ...('lambda' in method.params.global ? { lambda: 1 } : {}),
            ...parameters,
            ...('normalize' in method.params.global && normalize !== undefined
              ? { normalize }
              : {}),
            ...(golden.seed === undefined ? {} : { seed: golden.seed }),
            ...(golden.options['slerpOf'] ? { of: golden.options['slerpOf'] } : {}),
          },
        });
        expect(merged.length).toBe(golden.expected.length);
        golden.expected.forEach((wanted, i) => {
          const expected = Number(wanted);
          if (Object.is(merged[i], expected)) return;
          const tolerance =
            golden.dtype === 'BF16'
              ? bf16Step(expected)
              : 1e-6 * scaleOf(golden, i) * (id === 'slerp' ? illConditioned(golden) : 1);
          expect(Math.abs(merged[i] - expected), `element ${i}`).toBeLessThanOrEqual(tolerance);
        });
      });
    }
  });
}

test('every golden is exact in its dtype', () => {
  for (const { cases } of Object.values(files)) {
    for (const { dtype, models, name } of cases) {
      const round = roundTo(dtype === 'BF16' ? 'BF16' : 'F32');
      for (const value of models.flat()) expect(round(value), name).toBe(value);
    }
  }
});
