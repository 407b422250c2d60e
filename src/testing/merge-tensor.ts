import type { Backend, Blocks, Work } from '../compute/backend.ts';
import { type Arithmetic, type Dialect, resolveArithmetic } from '../methods/dialect.ts';
import {
  type Call,
  coefficientList,
  defaultsIn,
  derivingOf,
  guidesOf,
  type MergeMethod,
} from '../methods/method.ts';
import { defaultsOf } from '../methods/params.ts';
import { precisionOf } from '../methods/precision.ts';
import { decode } from '../numerics/decode.ts';
import { bytesPerElement, type FloatDtype } from '../numerics/dtype.ts';
import { encode } from '../numerics/encode.ts';
import { tensorKey } from '../numerics/random.ts';
import { roundSumTo } from '../numerics/round.ts';

export type TensorMerge = {
  readonly method: MergeMethod;
  readonly models: readonly ArrayLike<number>[];
  readonly base?: ArrayLike<number> | null;
  readonly dialect?: Dialect;
  readonly arithmetic?: Partial<Arithmetic>;
  readonly global?: Readonly<Record<string, unknown>>;
  readonly perModel?: readonly Readonly<Record<string, unknown>>[];
  readonly dtype?: FloatDtype;
  /** Precision of each step; what the dialect says when left out. */
  readonly work?: Work;
  readonly tensor?: string;
  /** One row when left out. */
  readonly shape?: readonly number[];
  /** Elements a block; one block when left out. */
  readonly blockSize?: number;
};

export function bytesOf(values: ArrayLike<number>, dtype: FloatDtype): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * bytesPerElement(dtype));
  encode(Float32Array.from(values), dtype, bytes);
  return bytes;
}

/** Planes in memory as blocks. */
export function blocksOf(
  planes: readonly Uint8Array<ArrayBuffer>[],
  dtypes: readonly FloatDtype[],
  hasBase: boolean,
  elementCount: number,
  blockSize = Math.max(elementCount, 1),
  readAs: Work = 'F32',
): Blocks {
  return {
    elementCount,
    dtypes,
    hasBase,
    readAs,
    async *read() {
      for (let start = 0; start < elementCount; start += blockSize) {
        const count = Math.min(blockSize, elementCount - start);
        const slices = planes.map((plane, p) => {
          const size = bytesPerElement(dtypes[p]);
          return plane.slice(start * size, (start + count) * size);
        });
        yield { start, count, planes: slices };
      }
    },
  };
}

/** Merges one tensor as the engine would, through a backend; for tests of methods and backends. */
export async function mergeTensor(backend: Backend, merge: TensorMerge): Promise<Float32Array> {
  const { method, models, base = null, dtype = 'F32', dialect = 'paper' } = merge;
  const signal = new AbortController().signal;
  const elementCount = models[0].length;
  const arithmetic = resolveArithmetic(dialect, method.exceptions, merge.arithmetic ?? {});
  const { work: ofDialect, resultAs } = precisionOf(arithmetic.work, [dtype], 'stored');
  const work = merge.work ?? ofDialect;
  const defaults = defaultsIn(method, dialect);
  const call: Call = {
    global: {
      ...defaultsOf(method.params.global),
      ...defaults.global,
      ...merge.global,
    } as Call['global'],
    perModel: models.map(
      (_, k) =>
        ({
          ...defaultsOf(method.params.perModel),
          ...defaults.perModel,
          ...merge.perModel?.[k],
        }) as Call['global'],
    ),
    arithmetic,
    hasBase: base !== null,
    elementCount,
    shape: merge.shape ?? [elementCount],
    roundSum: roundSumTo(work),
  };
  const planes = [...models, ...(base ? [base] : [])].map((values) => bytesOf(values, dtype));
  const dtypes = planes.map(() => dtype);
  const blocks = blocksOf(planes, dtypes, base !== null, elementCount, merge.blockSize);
  const at = {
    tensorKey: tensorKey(merge.tensor ?? 'weight'),
    ordinals: models.map((_, k) => k),
  };
  const measured: (readonly number[])[] = [];
  for (;;) {
    const asked = method.measures?.(call, measured) ?? [];
    if (asked.length === 0) break;
    const deriving = derivingOf(method, call, asked, measured);
    measured.push(...(await backend.measure(blocks, asked, { work, at, deriving }, signal)));
  }
  const coefficients = coefficientList(method, call, measured);
  const guides = guidesOf(method, call, measured);
  const methodId = method.id;
  const kernel = { methodId, coefficients, guides, output: dtype, work, resultAs, at } as const;
  const out = new Uint8Array(elementCount * bytesPerElement(dtype));
  let offset = 0;
  for await (const { bytes } of backend.map(blocks, kernel, signal)) {
    out.set(bytes, offset);
    offset += bytes.length;
  }
  const values = new Float32Array(elementCount);
  decode(out, dtype, values);
  return values;
}
