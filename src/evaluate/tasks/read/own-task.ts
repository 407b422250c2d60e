/** A person's own task from the rows of a file. */
import { quoted } from '../../../formats/error.ts';
import {
  type Columns,
  columnsUsed,
  type Naming,
  type Role,
  rolesOf,
  type TaskKind,
} from '../naming.ts';
import {
  type ChoiceItem,
  type ExactItem,
  type PairItem,
  type Task,
  type TaskOrigin,
  type TextItem,
  usualSplit,
} from '../task.ts';
import { asText, textIn } from './cell.ts';
import { areWithheld, readChoice, startsAtOne } from './choice.ts';
import { completed, recognise } from './columns.ts';
import { knownTable } from './known.ts';
import { limits, MOST_TOLD, type Row, type Table, TaskFileError } from './problems.ts';
import { askedOf } from './prompt.ts';

export type ReadTask = {
  readonly task: Task;
  /** As it was named, known or recognised. */
  readonly naming: Whole;
  /** What a person should know: rows that were left out. */
  readonly notes: readonly string[];
};

/** A naming that says all. */
export type Whole = Naming & { readonly kind: TaskKind; readonly columns: Columns };

/** A TaskFileError says which columns are missing, or which rows lack something, by their places. */
export function taskFrom(
  table: Table,
  title: string,
  named: Naming = {},
  from: TaskOrigin | null = null,
): ReadTask {
  const naming = namingOf(table, named);
  if (table.rows.length === 0) throw new TaskFileError(table.file, ['There are no rows.']);
  const rows = table.rows.slice(0, limits.items);
  const common = { id: `own/${title}`, title, skill: 'own', split: usualSplit } as const;
  const of = table.count ?? table.rows.length;
  const { items, left } = itemsOf(naming, table, rows);
  const source = from && { from, naming, rows: { taken: rows.length, of } };
  // The items are of the naming's kind: `itemsOf` reads no others.
  const task = { ...common, ...(source && { source }), ...marksOf(naming), items } as Task;
  const notes =
    rows.length < of ? [`The first ${told(rows.length)} of ${told(of)} rows are taken.`] : [];
  return { task, naming, notes: [...notes, ...left] };
}

const told = (count: number) => count.toLocaleString('en-US');

/** What all items of a task share, by its kind. */
function marksOf({ kind, options, place }: Whole) {
  switch (kind) {
    case 'exact':
      return { kind, match: 'trimmed', stops: ['\n'] };
    case 'choice':
      return { kind, length: options || place === 'blank' ? 'sum' : 'per character' };
    default:
      return { kind };
  }
}

/** What is known of the table, then what its columns tell; what a person named goes before both. A TaskFileError says what is missing. */
export function namingOf(table: Table, named: Naming = {}): Whole {
  const isNamed = Object.values(named).some((value) => value !== undefined);
  const found = isNamed
    ? kindOfNamed(table, named)
    : (knownTable(table)?.naming ?? recognise(table.columns));
  const there = `Found the columns ${table.columns.map((name) => `"${name}"`).join(', ') || 'of none'}`;
  if (!found?.kind) {
    throw new TaskFileError(table.file, [
      quoted(there),
      'and do not recognise a task in them. Expected prompt and answer; prompt, choices and answer; text; or sentence1, sentence2 and score. Say what the columns are, or rename them.',
    ]);
  }
  const naming: Whole = { ...found, kind: found.kind, columns: found.columns ?? {} };
  const lacking = rolesOf(naming.kind, naming).filter((role) => !naming.columns[role]?.length);
  const unknown = columnsUsed(naming).filter((name) => !table.columns.includes(name));
  if (lacking.length > 0 || unknown.length > 0) {
    const what = [...lacking, ...unknown.map((name) => `"${name}"`)].join(', ');
    throw new TaskFileError(table.file, [quoted(there), `but not ${what}. Name other columns.`]);
  }
  const behind = naming.template?.split('{answer}')[1] ?? '';
  if (naming.kind === 'exact' && behind.trim() !== '') {
    throw new TaskFileError(table.file, [
      `Found ${quoted(behind, 40)} behind {answer} in the prompt. A model that continues it cannot know that: let {answer} be the last of it.`,
    ]);
  }
  return naming;
}

/** Of the kind that was named, or the first for which what was named and what is recognised are enough. */
function kindOfNamed({ columns }: Table, named: Naming): Naming | null {
  const as = (kind: TaskKind) => completed(kind, named, columns);
  if (named.kind) return as(named.kind);
  const roles = Object.keys(named.columns ?? {}) as Role[];
  for (const kind of ['pairs', 'choice', 'exact', 'text'] as const) {
    const naming = as(kind);
    const needed = rolesOf(kind, naming);
    const isWhole = needed.every((role) => naming.columns[role] !== undefined);
    if (isWhole && roles.every((role) => needed.includes(role))) return naming;
  }
  return null;
}

function itemsOf(naming: Whole, table: Table, rows: readonly Row[]): Read<Task['items'][number]> {
  const { kind, columns } = naming;
  switch (kind) {
    case 'exact':
      return each(table, rows, (row): ExactItem => exactItem(row, naming));
    case 'choice': {
      if (areWithheld(rows, naming)) {
        throw new TaskFileError(table.file, [
          `No row says in "${columns.answer}" which choice is right: the answers of this part are kept back. Take another part, as the validation set.`,
        ]);
      }
      const fromOne = startsAtOne(rows, naming);
      return each(table, rows, (row): ChoiceItem => {
        const { prompt, before, after } = askedOf(row, naming);
        const { choices, answer } = readChoice(row, naming, fromOne);
        return { prompt, choices: choices.map((text) => before + text + after), answer };
      });
    }
    case 'text': {
      const name = String(columns.text);
      const filled = rows.filter(({ cells }) => asText(cells[name]).trim() !== '');
      if (filled.length === 0) throw new TaskFileError(table.file, [`Every "${name}" is empty.`]);
      const read = each(
        table,
        filled,
        (row): TextItem => ({ context: '', text: textIn(row, name) }),
      );
      const blank = rows.length - filled.length;
      if (blank === 0) return read;
      return { ...read, left: [`${told(blank)} rows without text are left out.`, ...read.left] };
    }
    case 'pairs':
      return each(table, rows, (row): PairItem => {
        const score = numberIn(row, String(columns.score));
        return { a: textIn(row, String(columns.a)), b: textIn(row, String(columns.b)), score };
      });
    default:
      return kind satisfies never;
  }
}

function exactItem(row: Row, naming: Whole): ExactItem {
  const { prompt, before, answer } = askedOf(row, naming);
  if (answer !== null) return { prompt, answer: before + answer };
  const given = textIn(row, String(naming.columns.answer));
  if (naming.place !== 'after ####') return { prompt, answer: before + given };
  const final = given.split('####').at(-1)!.trim();
  if (!given.includes('####') || final === '') {
    throw new RangeError(`nothing stands behind #### in "${naming.columns.answer}".`);
  }
  return { prompt, answer: before + final };
}

type Read<I> = { readonly items: readonly I[]; readonly left: readonly string[] };

/**
 * Collects what is wrong with all rows, so that a file is mended in one go. Of a file that nobody can mend, up to half of the
 * rows are left out instead.
 */
function each<I>({ file, isFixed }: Table, rows: readonly Row[], read: (row: Row) => I): Read<I> {
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
  if (problems.length === 0) return { items, left: [] };
  if (isFixed && problems.length <= rows.length / 2) {
    const count = problems.length === 1 ? '1 row is' : `${told(problems.length)} rows are`;
    return { items, left: [`${count} left out; ${problems[0]}`] };
  }
  throw new TaskFileError(file, problems.slice(0, MOST_TOLD), problems.length);
}

function numberIn({ cells }: Row, name: string): number {
  const value = cells[name];
  const isOne = ['number', 'bigint', 'boolean'].includes(typeof value);
  const isText = typeof value === 'string' && value.trim() !== '';
  const number = isOne || isText ? Number(value) : Number.NaN;
  if (!Number.isFinite(number)) throw new RangeError(`"${name}" is not a number.`);
  return number;
}
