import { TaskFileError } from '../../evaluate/tasks/read/problems.ts';
import { tableOfRows } from '../../evaluate/tasks/read/read-file.ts';
import type { Sheet } from '../../evaluate/tasks/read/sheet.ts';
import type { TaskOrigin } from '../../evaluate/tasks/task.ts';
import type { ReadablePart } from '../../hub/parquet/read.ts';

/** Called as what came from where; `isFar` of what is fetched over a network. */
type About = {
  readonly file: string;
  readonly title: string;
  readonly from: TaskOrigin;
  readonly isFar: boolean;
};

/**
 * The rows of a Parquet file, of which nothing is read but its footer. Errors of `part.read` pass through; a TaskFileError says
 * why it is no such file.
 */
export async function parquetSheet(
  part: ReadablePart,
  { file, title, from, isFar }: About,
  signal?: AbortSignal,
): Promise<Sheet> {
  const { openParquet } = await import('../../hub/parquet/read.ts');
  const parquet = await openParquet(part, signal).catch(explained(file));
  const { columns, rows: count } = parquet;
  const wanted = (names: readonly string[], rows: number) => ({
    columns: names.filter((name) => columns.includes(name)),
    begin: 0,
    end: Math.min(rows, count),
  });
  return {
    ...{ file, title, from, columns, count },
    bytes: (names, rows) => (isFar ? parquet.bytesOf(wanted(names, rows)) : 0),
    async read(names, most, during) {
      const rows = await parquet.readRows(wanted(names, most), during).catch(explained(file));
      return tableOfRows(file, columns, rows, count);
    },
  };
}

/** Errors of the format are the library's own: plain ones. */
const explained = (file: string) => (error: unknown) => {
  if (!(error instanceof Error) || !['Error', 'RangeError'].includes(error.name)) throw error;
  const codec = /unsupported compression codec: (\w+)/.exec(error.message)?.[1];
  const problem = codec
    ? `Found ${codec} compression; expected Snappy, Zstandard or none. Write it anew with one of these, or take the Hub's own conversion to Parquet.`
    : `Found no Parquet file that can be read: ${error.message}. It may be cut off, or of another kind.`;
  throw new TaskFileError(file, [problem]);
};
