/** What a search found, as a table that other programs read. */
import type { Tried } from './step.ts';

export type ResultRow = Readonly<Record<string, string | number>>;

/** One row a candidate, in the order it was tried; numbers that a row lacks are absent. */
export function rowsOf(steps: readonly Tried[]): readonly ResultRow[] {
  return steps.map(({ candidate: { title, values }, result: { objective, scores } }, at) => {
    return { step: at + 1, candidate: title, ...values, ...scores, objective };
  });
}

/** RFC 4180, with a line of names. Numbers in full; what would be run as a formula by a spreadsheet is quoted as text. */
export function csvOf(rows: readonly ResultRow[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))];
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Names of columns: those that come again get a number. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  return names.map((name, at) => {
    const before = names.slice(0, at).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}
