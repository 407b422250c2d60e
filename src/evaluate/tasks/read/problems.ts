import { quoted } from '../../../formats/error.ts';

/** What is wrong with a file of a person's own tasks: each problem with its place in the file. */
export class TaskFileError extends Error {
  override readonly name = 'TaskFileError';
  readonly file: string;
  /** "line 3: the answer is empty." */
  readonly problems: readonly string[];
  /** How many there are: not all are told. */
  readonly count: number;

  constructor(file: string, problems: readonly string[], count = problems.length) {
    const least = count >= MOST_COUNTED ? 'at least ' : '';
    const more = count > problems.length ? ` … and ${least}${count - problems.length} more.` : '';
    super(`${quoted(file)}: ${problems.join(' ')}${more}`);
    this.file = file;
    this.problems = problems;
    this.count = count;
  }
}

/** How many problems are told in full. */
export const MOST_TOLD = 10;

/** At so many of them a file is read no further: it is something else, and each that is found takes time. */
export const MOST_COUNTED = 1000;

/** What is read at most; what goes beyond would run for hours in a page. */
export const limits = {
  /** Characters of a file. */
  file: 64_000_000,
  /** Items of a task: the first ones are taken. */
  items: 20_000,
  /** Characters of one prompt, answer or text. */
  cell: 100_000,
} as const;

/** Rows of a file, read but not yet understood. */
export type Table = {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** Of the file, where only the first rows were read. */
  readonly count?: number;
  /** That nobody mends by hand, as a Parquet file. */
  readonly isFixed?: boolean;
};

export type Row = {
  /** For people: "line 3", "row 12". */
  readonly place: string;
  readonly cells: Readonly<Record<string, unknown>>;
};
