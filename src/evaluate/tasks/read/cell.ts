/** Texts in the cells of a row. */
import { limits, type Row } from './problems.ts';

/** Of a text, a number or a truth value; a RangeError of anything else, and of what is empty or too long. */
export function textIn({ cells }: Row, name: string): string {
  const text = plainText(cells[name]);
  if (text === null) throw new RangeError(`"${name}" is not a text.`);
  if (text.trim() === '') throw new RangeError(`"${name}" is empty.`);
  return checkedLength(text, name);
}

/** The same, where a cell may be empty; a list is written as lines with letters: `A. one`. */
export function shownIn({ cells }: Row, name: string): string {
  const value = cells[name];
  if (value === null || value === undefined) return '';
  const { texts, labels } = listIn(value);
  if (texts) return texts.map((text, at) => `${labels?.[at] ?? letter(at)}. ${text}`).join('\n');
  const text = plainText(value);
  if (text === null) throw new RangeError(`"${name}" is not a text.`);
  return checkedLength(text, name);
}

/** A list, also as JSON text; `{ text, label }` of lists, as in ARC, or a list of them. */
export function listIn(value: unknown): {
  readonly texts: readonly string[] | null;
  readonly labels: readonly string[] | null;
} {
  const cell = parsed(value);
  if (Array.isArray(cell)) {
    const labelled = cell.every((each) => typeof each?.text === 'string') && cell.length > 0;
    if (!labelled) return { texts: textsOf(cell), labels: null };
    const labels = cell.map(({ label }) => label);
    return { texts: cell.map(({ text }) => text), labels: labelsOf(labels) };
  }
  const { text, label } = (cell ?? {}) as { readonly text?: unknown; readonly label?: unknown };
  return {
    texts: Array.isArray(text) ? textsOf(text) : null,
    labels: Array.isArray(label) ? labelsOf(label) : null,
  };
}

/** A choice without a label would be the one that an empty answer means. */
function labelsOf(values: readonly unknown[]): readonly string[] | null {
  const labels = textsOf(values);
  return labels?.includes('') ? null : labels;
}

/** Null where one of them is a list or an object. */
export function textsOf(values: readonly unknown[]): readonly string[] | null {
  const texts = values.map((value) => plainText(value ?? ''));
  return texts.every((text) => text !== null) ? texts : null;
}

/** As a text to be compared or told: nothing is empty, a list or an object is its JSON. */
export function asText(value: unknown): string {
  const plain = plainText(value ?? '');
  if (plain !== null) return plain;
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? Number(each) : each));
}

export const letter = (at: number) => String.fromCharCode(65 + at);

function plainText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return ['number', 'bigint', 'boolean'].includes(typeof value) ? String(value) : null;
}

function checkedLength(text: string, name: string): string {
  if (text.length <= limits.cell) return text;
  throw new RangeError(
    `"${name}" has ${text.length.toLocaleString('en-US')} characters; at most ${limits.cell.toLocaleString('en-US')} are read.`,
  );
}

/** A text that looks like JSON of a list or an object. */
function parsed(cell: unknown): unknown {
  if (typeof cell !== 'string' || !/^\s*[[{]/.test(cell)) return cell;
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}
