/** Values of a tensor whose rows come from several: an embedding, rebuilt by token. */
import {
  ROW_MEAN,
  ROW_ZEROS,
  type RowMap,
  type RowOf,
  type RowsFormula,
} from '../../formats/rows.ts';
import { decode } from '../../numerics/decode.ts';
import { bytesPerElement, type FloatDtype } from '../../numerics/dtype.ts';
import { roundTo } from '../../numerics/round.ts';
import type { Range } from './codes.ts';
import type { Before, Computation, Values } from './computation.ts';

/** Elements computed at a time. */
const CHUNK = 1 << 16;
/** How many bytes may be read for one that is needed: rows that lie near each other are read together. */
const WASTE = 4;
/** Bytes that are read together, whatever of them is needed. */
const LITTLE = 1 << 16;

/** How the values of a source are computed, and where its inputs are among all. */
type Source = { readonly of: Computation; readonly first: number; readonly count: number };

/**
 * Any run of rows can be asked for. It is cut where the rows that it takes of one source lie so far apart that what is
 * between them would be most of what is read. `sources` are those of the formula, in its order.
 */
export function computationOfRows(
  formula: RowsFormula,
  sources: readonly Computation[],
): Computation {
  const { map } = formula;
  const withoutMean = inRows(formula, placed(formula, sources));
  if (!map.rows.includes(ROW_MEAN)) return withoutMean;
  return { ...withoutMean, before: meanOf(formula, withoutMean) };
}

/** A tensor as it is stored. */
export function storedRows(dtype: FloatDtype): Computation {
  const size = bytesPerElement(dtype);
  return {
    reach: (_, to) => to,
    chunkEnd: (_, to) => to,
    needs: (from, to) => [{ begin: from * size, end: to * size }],
    async open([{ begin, bytes }]) {
      return (from, out) => decode(bytes.subarray(from * size - begin), dtype, out);
    },
  };
}

function placed({ sources }: RowsFormula, computations: readonly Computation[]): readonly Source[] {
  let first = 0;
  return sources.map(({ inputs }, k) => {
    const source = { of: computations[k], first, count: inputs };
    if (source.of.before) throw new Error('rows of what needs a pass of its own');
    first += inputs;
    return source;
  });
}

/** Column by column over all rows that are not the mean themselves. */
function meanOf({ sizes: [, rows, columns], map }: RowsFormula, computation: Computation): Before {
  return {
    computation,
    elements: rows * columns,
    fold() {
      const sums = new Float64Array(columns);
      const count = map.rows.reduce((sum, row) => sum + Number(row !== ROW_MEAN), 0);
      return {
        take(from, values) {
          let j = from % columns;
          for (const value of values) {
            sums[j] += value;
            j = j + 1 === columns ? 0 : j + 1;
          }
        },
        result: () => sums.map((sum) => (count === 0 ? 0 : sum / count)),
      };
    },
  };
}

/** Without a mean that is known, rows of it are zeros. */
function inRows(formula: RowsFormula, sources: readonly Source[]): Computation {
  const { sizes, map } = formula;
  const [, rows, columns] = sizes;
  const inputs = sources.reduce((sum, { count }) => sum + count, 0);
  const rowAfter = (element: number) => Math.min(rows, Math.ceil(element / columns));
  const tall = Math.max(1, Math.floor(CHUNK / columns)) * columns;
  return {
    chunkEnd: (from, to) => Math.min(to, (Math.floor(from / tall) + 1) * tall),
    reach(from, to, most) {
      const first = Math.floor(from / columns);
      const last = rowAfter(to);
      const windows = new Windows(sources, columns);
      let row = first;
      while (row < last && windows.take(map, row, most, row === first)) row++;
      return Math.min(to, row * columns);
    },
    needs(from, to) {
      const windows = new Windows(sources, columns);
      const last = rowAfter(to);
      for (let row = Math.floor(from / columns); row < last; row++) windows.add(map, row);
      return windows.ranges(inputs);
    },
    async open(fetched, mean) {
      const values = await Promise.all(
        sources.map(({ of, first, count }) => {
          const own = fetched.slice(first, first + count);
          return own.some(({ bytes }) => bytes.length > 0) ? of.open(own, null) : null;
        }),
      );
      return rowByRow(formula, values, mean);
    },
  };
}

/** Of each source the rows from the first to the last that is needed. */
class Windows {
  readonly #sources: readonly Source[];
  readonly #columns: number;
  readonly #begin: number[];
  readonly #end: number[];
  readonly #rowBytes: readonly number[];
  #bytes = 0;
  #useful = 0;

  constructor(sources: readonly Source[], columns: number) {
    this.#sources = sources;
    this.#columns = columns;
    this.#begin = sources.map(() => 0);
    this.#end = sources.map(() => 0);
    this.#rowBytes = sources.map(({ of }) =>
      of.needs(0, columns).reduce((sum, { begin, end }) => sum + end - begin, 0),
    );
  }

  add(map: RowMap, row: number): void {
    for (const { source, row: own } of rowsOf(map, row)) {
      const isEmpty = this.#begin[source] === this.#end[source];
      const before = this.#end[source] - this.#begin[source];
      this.#begin[source] = isEmpty ? own : Math.min(this.#begin[source], own);
      this.#end[source] = isEmpty ? own + 1 : Math.max(this.#end[source], own + 1);
      const more = this.#end[source] - this.#begin[source] - before;
      this.#bytes += more * this.#rowBytes[source];
      this.#useful += this.#rowBytes[source];
    }
  }

  /** Takes a row if what is to be read with it is no more than `most`, and little of it for nothing. */
  take(map: RowMap, row: number, most: number, isFirst: boolean): boolean {
    const kept = { begin: [...this.#begin], end: [...this.#end] };
    const [bytes, useful] = [this.#bytes, this.#useful];
    this.add(map, row);
    const isSmall = this.#bytes <= LITTLE || this.#bytes <= WASTE * this.#useful;
    if (isFirst || (this.#bytes <= most && isSmall && this.#isInReach(most))) return true;
    for (let k = 0; k < kept.begin.length; k++) {
      this.#begin[k] = kept.begin[k];
      this.#end[k] = kept.end[k];
    }
    [this.#bytes, this.#useful] = [bytes, useful];
    return false;
  }

  /** Whether each source can give its rows from one read. */
  #isInReach(most: number): boolean {
    return this.#sources.every(({ of }, k) => {
      const [from, to] = [this.#begin[k] * this.#columns, this.#end[k] * this.#columns];
      return from === to || of.reach(from, to, most) >= to;
    });
  }

  ranges(inputs: number): readonly Range[] {
    const ranges = new Array<Range>(inputs).fill({ begin: 0, end: 0 });
    for (const [k, { of, first }] of this.#sources.entries()) {
      const [from, to] = [this.#begin[k] * this.#columns, this.#end[k] * this.#columns];
      if (from === to) continue;
      for (const [n, range] of of.needs(from, to).entries()) ranges[first + n] = range;
    }
    return ranges;
  }
}

const none: readonly RowOf[] = [];

/** What a row is made of. */
function rowsOf({ rows, others }: RowMap, row: number): readonly RowOf[] {
  const at = rows[row];
  if (at >= 0) return [{ source: 0, row: at }];
  return at >= ROW_ZEROS ? none : others[ROW_ZEROS - 1 - at];
}

function rowByRow(
  { sizes: [, , columns], map, steps }: RowsFormula,
  values: readonly (Values | null)[],
  mean: Float64Array | null,
): Values {
  const round = roundTo(steps);
  const one = new Float32Array(columns);
  return (from, out) => {
    let row = Math.floor(from / columns);
    let column = from - row * columns;
    for (let i = 0; i < out.length; ) {
      const at = map.rows[row];
      const piece = out.subarray(i, Math.min(out.length, i + columns - column));
      const parts = rowsOf(map, row);
      const begin = ({ row: own }: RowOf) => own * columns + column;
      if (parts.length === 1) values[parts[0].source]!(begin(parts[0]), piece);
      else {
        piece.fill(0);
        if (at === ROW_MEAN && mean) piece.set(mean.subarray(column, column + piece.length));
        for (const part of parts) {
          const own = one.subarray(0, piece.length);
          values[part.source]!(begin(part), own);
          for (let j = 0; j < own.length; j++) piece[j] = round(piece[j] + round(own[j]));
        }
        if (parts.length > 0) {
          for (let j = 0; j < piece.length; j++) piece[j] = round(piece[j] / parts.length);
        }
      }
      i += piece.length;
      column = 0;
      row++;
    }
  };
}
