/** A person's own task from the rows of a file. */
import { quoted } from '../../../formats/error.ts';
import {
  type ChoiceItem,
  type ExactItem,
  type PairItem,
  type Task,
  type TaskKind,
  type TextItem,
  usualSplit,
} from '../task.ts';
import { readChoice, startsAtOne } from './choice.ts';
import { type Columns, type Role, recognise, recogniseAs, rolesOf } from './columns.ts';
import { limits, MOST_TOLD, type Row, type Table, TaskFileError } from './problems.ts';

/** What a person says about the file; what is absent is recognised. */
export type Naming = { readonly kind?: TaskKind; readonly columns?: Columns };

export type ReadTask = {
  readonly task: Task;
  readonly columns: Columns;
  /** What a person should know: rows that were left out. */
  readonly notes: readonly string[];
};

/** A TaskFileError says which columns are missing, or which rows lack something, by their places. */
export function taskFrom(table: Table, title: string, naming: Naming = {}): ReadTask {
  const { kind, columns } = columnsOf(table, naming);
  const rows = table.rows.slice(0, limits.items);
  if (rows.length === 0) throw new TaskFileError(table.file, ['There are no rows.']);
  const left = table.rows.length - rows.length;
  const notes =
    left === 0
      ? []
      : [
          `The first ${limits.items.toLocaleString('en-US')} rows are taken; ${left.toLocaleString('en-US')} are left out.`,
        ];
  const common = { id: `own/${title}`, title, skill: 'own', split: usualSplit } as const;
  return { task: taskOf(kind, common, table, rows, columns), columns, notes };
}

function columnsOf(table: Table, naming: Naming) {
  const recognised = naming.kind
    ? { kind: naming.kind, columns: recogniseAs(naming.kind, table.columns) }
    : kindOfNamed(table, naming.columns ?? {});
  const there = `Found the columns ${table.columns.map((name) => `"${name}"`).join(', ') || 'of none'}`;
  if (!recognised) {
    throw new TaskFileError(table.file, [
      quoted(there),
      'and do not recognise a task in them. Expected prompt and answer; prompt, choices and answer; text; or sentence1, sentence2 and score. Rename the columns.',
    ]);
  }
  const columns = { ...recognised.columns, ...naming.columns };
  const lacking = rolesOf[recognised.kind].filter((role) => columns[role] === undefined);
  const unknown = Object.values(columns)
    .flat()
    .filter((name) => !table.columns.includes(name));
  if (lacking.length > 0 || unknown.length > 0) {
    const what = [...lacking, ...unknown.map((name) => `"${name}"`)].join(', ');
    throw new TaskFileError(table.file, [quoted(there), `but not ${what}. Rename the columns.`]);
  }
  return { kind: recognised.kind, columns };
}

/** The first kind for which what was named and what is recognised are enough. */
function kindOfNamed({ columns }: Table, named: Columns) {
  const roles = Object.keys(named) as Role[];
  if (roles.length === 0) return recognise(columns);
  for (const kind of ['pairs', 'choice', 'exact', 'text'] as const) {
    const known = { ...recogniseAs(kind, columns), ...named };
    const isWhole = rolesOf[kind].every((role) => known[role] !== undefined);
    if (isWhole && roles.every((role) => rolesOf[kind].includes(role))) {
      return { kind, columns: known };
    }
  }
  return null;
}

type Common = Pick<Task, 'id' | 'title' | 'skill' | 'split'>;

function taskOf(
  kind: TaskKind,
  common: Common,
  table: Table,
  rows: readonly Row[],
  columns: Columns,
): Task {
  switch (kind) {
    case 'exact': {
      const items = each(table, rows, (row): ExactItem => {
        return { prompt: textAt(row, columns, 'prompt'), answer: textAt(row, columns, 'answer') };
      });
      return { ...common, kind, items, match: 'trimmed', stops: ['\n'] };
    }
    case 'choice': {
      const fromOne = startsAtOne(rows, columns);
      const items = each(table, rows, (row): ChoiceItem => {
        return { prompt: textAt(row, columns, 'prompt'), ...readChoice(row, columns, fromOne) };
      });
      return { ...common, kind, items, length: 'per character' };
    }
    case 'text': {
      const items = each(table, rows, (row): TextItem => {
        return { context: '', text: textAt(row, columns, 'text') };
      });
      return { ...common, kind, items };
    }
    case 'pairs': {
      const items = each(table, rows, (row): PairItem => {
        const score = numberAt(row, columns);
        return { a: textAt(row, columns, 'a'), b: textAt(row, columns, 'b'), score };
      });
      return { ...common, kind, items };
    }
    default:
      return kind satisfies never;
  }
}

/** Collects what is wrong with all rows, so that a file is mended in one go. */
function each<I>({ file }: Table, rows: readonly Row[], read: (row: Row) => I): readonly I[] {
  const problems: string[] = [];
  const items = rows.flatMap((row) => {
    try {
      return [read(row)];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(`${row.place}: ${error.message}`);
      return [];
    }
  });
  if (problems.length > 0) {
    throw new TaskFileError(file, problems.slice(0, MOST_TOLD), problems.length);
  }
  return items;
}

function textAt({ cells }: Row, columns: Columns, role: Role): string {
  const name = String(columns[role]);
  const value = cells[name];
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  if (typeof text !== 'string') throw new RangeError(`"${name}" is not a text.`);
  if (text.trim() === '') throw new RangeError(`"${name}" is empty.`);
  if (text.length > limits.cell) {
    throw new RangeError(
      `"${name}" has ${text.length.toLocaleString('en-US')} characters; at most ${limits.cell.toLocaleString('en-US')} are read.`,
    );
  }
  return text;
}

function numberAt({ cells }: Row, columns: Columns): number {
  const name = String(columns.score);
  const value = cells[name];
  const isBlank = value === null || value === undefined || value === '';
  const number = isBlank ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) throw new RangeError(`"${name}" is not a number.`);
  return number;
}
