import { decompress } from 'fzstd';
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';

/** A file of known size whose parts can be read: a `Source`, or bytes in memory. */
export type ReadablePart = {
  /** Bytes. */
  readonly size: number;
  /** Bytes [begin, end). */
  read(begin: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
};

export type ParquetFile = {
  readonly rows: number;
  /** At the top level, in file order. */
  readonly columns: readonly string[];
  /** Bytes, or a little more, that `readRows` fetches. */
  bytesOf(wanted: RowsWanted): number;
  /** Fetches only the column chunks of the row groups that hold these rows, and of those with an index of their pages only these. 64-bit integers are BigInt. */
  readRows(wanted: RowsWanted, signal?: AbortSignal): Promise<readonly ParquetRow[]>;
};

export type ParquetRow = Readonly<Record<string, unknown>>;

export type RowsWanted = {
  readonly columns: readonly string[];
  readonly begin: number;
  /** Exclusive. */
  readonly end: number;
};

/** Snappy and no compression are built in; brotli, gzip and LZ4 would cost more than all the rest. */
const compressors = {
  ZSTD: (input: Uint8Array, length: number) => decompress(input, new Uint8Array(length)),
};

/**
 * Reads the footer (the last 512 KiB, more only when it is longer). Errors of `file.read` pass through; one of
 * the format is thrown as it is.
 */
export async function openParquet(file: ReadablePart, signal?: AbortSignal): Promise<ParquetFile> {
  const metadata: FileMetaData = await parquetMetadataAsync(asBuffer(file, signal));
  return {
    rows: Number(metadata.num_rows),
    columns: parquetSchema(metadata).children.map(({ element }) => element.name),
    bytesOf: (wanted) => bytesOf(metadata, wanted),
    async readRows({ columns, begin, end }, during) {
      return parquetReadObjects({
        file: asBuffer(file, during),
        metadata,
        columns: [...columns],
        rowStart: begin,
        rowEnd: end,
        compressors,
        useOffsetIndex: true,
      });
    },
  };
}

/** Of the pages that hold the first and the last row, which may be of any size. */
const slack = 2 ** 20;

function bytesOf({ row_groups }: FileMetaData, { columns, begin, end }: RowsWanted): number {
  let [first, sum] = [0, 0];
  for (const group of row_groups) {
    const rows = Number(group.num_rows);
    const taken = Math.min(end - first, rows) - Math.max(begin - first, 0);
    first += rows;
    if (taken <= 0) continue;
    for (const { meta_data, offset_index_offset } of group.columns) {
      if (!meta_data || !columns.includes(meta_data.path_in_schema[0])) continue;
      const size = Number(meta_data.total_compressed_size);
      const isPaged = offset_index_offset !== undefined;
      sum += isPaged ? Math.min(size, Math.ceil((size * taken) / rows) + slack) : size;
    }
  }
  return sum;
}

function asBuffer(file: ReadablePart, signal?: AbortSignal): AsyncBuffer {
  return {
    byteLength: file.size,
    async slice(begin, end = file.size) {
      const bytes = await file.read(begin, end, signal);
      const { buffer, byteOffset, byteLength } = bytes;
      if (byteLength === buffer.byteLength) return buffer;
      return buffer.slice(byteOffset, byteOffset + byteLength);
    },
  };
}
