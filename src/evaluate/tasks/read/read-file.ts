import { readCsv } from './csv.ts';
import { readJson } from './json.ts';
import type { Table } from './problems.ts';

/** The rows of a text file, by the ending of its name; null of a plain text. A TaskFileError says what is wrong, and where. */
export function tableIn(file: string, text: string): Table | null {
  if (/\.(csv|tsv)$/i.test(file)) return readCsv(file, text);
  return /\.(jsonl|ndjson|json)$/i.test(file) ? readJson(file, text) : null;
}

/** The first rows of a Parquet file that has `count` of them. */
export function tableOfRows(
  file: string,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
  count = rows.length,
): Table {
  const numbered = rows.map((cells, at) => ({ place: `row ${at + 1}`, cells }));
  return { file, columns, rows: numbered, count, isFixed: true };
}
