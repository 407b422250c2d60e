/** Choices and the right one, in the ways public data sets write them. */
import { quoted } from '../../../formats/error.ts';
import type { Naming } from '../naming.ts';
import type { ChoiceItem } from '../task.ts';
import { asText, listIn, textsOf } from './cell.ts';
import type { Row } from './problems.ts';

/** Whether numbers of right choices count from 1: one is as large as its row has choices, and none is 0. */
export function startsAtOne(rows: readonly Row[], naming: Naming): boolean {
  const answers = rows.map((row) => ({ answer: wholeNumber(answerOf(row, naming)), row }));
  if (answers.some(({ answer }) => answer === 0)) return false;
  return answers.some(({ answer, row }) => answer === listOf(row, naming).texts?.length);
}

/** Whether no row says which is right: public test sets keep their answers back, as an empty text or -1. */
export function areWithheld(rows: readonly Row[], naming: Naming): boolean {
  return rows.every((row) => ['', '-1'].includes(asText(answerOf(row, naming)).trim()));
}

/**
 * Choices are a list (also as JSON text), `{ text, label }` lists as in ARC, columns of their own, or the same in all rows. The
 * right one is a label of theirs, a letter, a number, a truth value, or its text. A RangeError tells what is wrong.
 */
export function readChoice(
  row: Row,
  naming: Naming,
  fromOne: boolean,
): Pick<ChoiceItem, 'choices' | 'answer'> {
  const { texts, labels } = listOf(row, naming);
  if (texts === null || texts.length < 2) throw new RangeError('there are no two choices.');
  if (texts.some((text) => text.trim() === '')) throw new RangeError('a choice is empty.');
  const given = answerOf(row, naming);
  const answer = indexOf(given, texts, labels, fromOne);
  if (answer < 0 || answer >= texts.length) {
    throw new RangeError(
      `the answer ${given === undefined ? 'nothing' : toldOf(given)} is none of the ${texts.length} choices.`,
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
  const text = asText(given).trim();
  const labelled = labels?.indexOf(text) ?? -1;
  if (labelled >= 0) return labelled;
  if (typeof given === 'boolean') return Number(given);
  const written = texts.findIndex((choice) => choice.trim() === text);
  // A number that is a choice as well is the text of it: "4" among "3", "4", "5".
  if (written >= 0 && typeof given === 'string') return written;
  const number = wholeNumber(given);
  if (number !== null) return number - Number(fromOne);
  return /^[A-Za-z]$/.test(text) ? text.toUpperCase().charCodeAt(0) - 65 : written;
}

function answerOf({ cells }: Row, { columns }: Naming): unknown {
  return cells[String(columns?.answer)];
}

function listOf({ cells }: Row, { columns, options }: Naming): ReturnType<typeof listIn> {
  if (options) return { texts: options, labels: null };
  const choices = columns?.choices;
  if (!Array.isArray(choices)) return listIn(cells[String(choices)]);
  // Behind the last there may be fewer; a gap before it would give the others the letters of their neighbours.
  const given = choices.map((name) => cells[name] ?? '');
  const last = given.findLastIndex((cell) => cell !== '');
  return { texts: textsOf(given.slice(0, last + 1)), labels: null };
}

const toldOf = (value: unknown) =>
  quoted(typeof value === 'string' ? JSON.stringify(value) : asText(value), 60);

/** Null of anything that is not a whole number or its digits. */
function wholeNumber(value: unknown): number | null {
  const text = asText(value).trim();
  return /^\d+$/.test(text) ? Number(text) : null;
}
