/** Choices and the right one, in the ways public data sets write them. */
import { quoted } from '../../../formats/error.ts';
import type { ChoiceItem } from '../task.ts';
import type { Columns } from './columns.ts';
import type { Row } from './problems.ts';

/** Whether numbers of right choices count from 1: one is as large as its row has choices, and none is 0. */
export function startsAtOne(rows: readonly Row[], columns: Columns): boolean {
  const answers = rows.map((row) => ({ answer: wholeNumber(answerOf(row, columns)), row }));
  if (answers.some(({ answer }) => answer === 0)) return false;
  return answers.some(({ answer, row }) => answer === listOf(row, columns).texts?.length);
}

/**
 * Choices are a list (also as JSON text), `{ text, label }` lists as in ARC, or columns of their own. The right one is a label of
 * theirs, a letter, a number, or its text. A RangeError tells what is wrong.
 */
export function readChoice(
  row: Row,
  columns: Columns,
  fromOne: boolean,
): Pick<ChoiceItem, 'choices' | 'answer'> {
  const { texts, labels } = listOf(row, columns);
  if (texts === null || texts.length < 2) throw new RangeError('there are no two choices.');
  if (texts.some((text) => text.trim() === '')) throw new RangeError('a choice is empty.');
  const given = answerOf(row, columns);
  const answer = indexOf(given, texts, labels, fromOne);
  if (answer < 0 || answer >= texts.length) {
    throw new RangeError(
      `the answer ${quoted(JSON.stringify(told(given)) ?? 'nothing', 60)} is none of the ${texts.length} choices.`,
    );
  }
  return { choices: texts, answer };
}

function indexOf(
  given: unknown,
  texts: readonly string[],
  labels: readonly string[] | null,
  fromOne: boolean,
): number {
  const text = String(told(given) ?? '').trim();
  const labelled = labels?.indexOf(text) ?? -1;
  if (labelled >= 0) return labelled;
  const written = texts.findIndex((choice) => choice.trim() === text);
  // A number that is a choice as well is the text of it: "4" among "3", "4", "5".
  if (written >= 0 && typeof given === 'string') return written;
  const number = wholeNumber(given);
  if (number !== null) return number - Number(fromOne);
  return /^[A-Za-z]$/.test(text) ? text.toUpperCase().charCodeAt(0) - 65 : written;
}

function answerOf({ cells }: Row, columns: Columns): unknown {
  return cells[String(columns.answer)];
}

function listOf({ cells }: Row, { choices }: Columns) {
  if (Array.isArray(choices)) {
    const given = choices.map((name) => cells[name]).filter((cell) => cell !== null && cell !== '');
    return { texts: textsOf(given), labels: null };
  }
  const cell = parsed(cells[String(choices)]);
  if (Array.isArray(cell)) return { texts: textsOf(cell), labels: null };
  const { text, label } = (cell ?? {}) as { readonly text?: unknown; readonly label?: unknown };
  return {
    texts: Array.isArray(text) ? textsOf(text) : null,
    labels: Array.isArray(label) ? textsOf(label) : null,
  };
}

const textsOf = (values: readonly unknown[]) => values.map((value) => String(told(value) ?? ''));

const told = (value: unknown) => (typeof value === 'bigint' ? Number(value) : value);

/** Null of anything that is not a whole number or its digits. */
function wholeNumber(value: unknown): number | null {
  const text = String(told(value) ?? '').trim();
  return /^\d+$/.test(text) ? Number(text) : null;
}

function parsed(cell: unknown): unknown {
  if (typeof cell !== 'string') return cell;
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}
