import { columnsUsed, type Naming } from '../naming.ts';
import type { TaskOrigin } from '../task.ts';
import { namingOf, type ReadTask, taskFrom } from './own-task.ts';
import { limits, type Table } from './problems.ts';

/** A file of rows that is open: its columns, and a way to the first of its rows. */
export type Sheet = {
  readonly from: TaskOrigin;
  /** What its task is called unless a person says otherwise. */
  readonly title: string;
  /** In errors. */
  readonly file: string;
  readonly columns: readonly string[];
  /** How many rows there are. */
  readonly count: number;
  /** Bytes that come over the network when so many first rows of these columns are read. */
  bytes(columns: readonly string[], rows: number): number;
  read(columns: readonly string[], rows: number, signal?: AbortSignal): Promise<Table>;
};

/** Rows that are in memory. */
export function sheetOfTable(table: Table, title: string, from: TaskOrigin): Sheet {
  const { file, columns, rows } = table;
  const count = rows.length;
  return {
    ...{ from, title, file, columns, count },
    bytes: () => 0,
    read: async (_, most) => ({ ...table, rows: rows.slice(0, most), count }),
  };
}

/** What of a sheet is read for a task, by what its columns tell or a person says. A TaskFileError where that is not enough. */
export function columnsToRead(sheet: Sheet, named: Naming): readonly string[] {
  return columnsUsed(namingOf({ ...sheet, rows: [] }, named));
}

export type ReadOptions = {
  /** At most so many rows, and no more than `limits.items`. */
  readonly most?: number;
  readonly signal?: AbortSignal;
};

/** The task of its first rows. Rejects with a TaskFileError, or as `read` does. */
export async function taskOfSheet(
  sheet: Sheet,
  named: Naming = {},
  { most = limits.items, signal }: ReadOptions = {},
): Promise<ReadTask> {
  const rows = Math.min(most, limits.items);
  const table = await sheet.read(columnsToRead(sheet, named), rows, signal);
  return taskFrom(table, sheet.title, named, sheet.from);
}
