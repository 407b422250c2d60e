import type { Task } from '../task.ts';
import { readCsv } from './csv.ts';
import { readJson } from './json.ts';
import { type Naming, type ReadTask, taskFrom } from './own-task.ts';
import type { Table } from './problems.ts';
import { taskOfText } from './text.ts';

/**
 * A task from a text file, by the ending of its name: .csv, .tsv; .jsonl, .ndjson, .json; anything else is a text to be scored
 * by perplexity. A TaskFileError says what is wrong, and where.
 */
export function readTaskFile(file: string, text: string, naming: Naming = {}): ReadTask {
  const title = file
    .split('/')
    .at(-1)!
    .replace(/\.[^.]+$/, '');
  const table = tableIn(file, text);
  if (table) return taskFrom(table, title, naming);
  const task: Task = taskOfText(title, text);
  return { task, columns: {}, notes: [] };
}

/** The rows of a file, for a person to name the columns; null of a plain text. */
export function tableIn(file: string, text: string): Table | null {
  if (/\.(csv|tsv)$/i.test(file)) return readCsv(file, text);
  return /\.(jsonl|ndjson|json)$/i.test(file) ? readJson(file, text) : null;
}

/** Rows that came from a Parquet file, of which `first` is the number of the first, counted from 0. */
export function tableOfRows(
  file: string,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
  first = 0,
): Table {
  const numbered = rows.map((cells, at) => ({ place: `row ${first + at + 1}`, cells }));
  return { file, columns, rows: numbered };
}
