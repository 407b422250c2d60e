/** Numbers out of text that somebody types or pastes. */
import { mostElements, type Rows } from '../../../stores/stepper.ts';
import { parseNumber } from '../../kit/format.ts';

/** A number that an f32 holds; null when it is none. */
export function changeIn(text: string): number | null {
  const value = parseNumber(text);
  return value !== null && Number.isFinite(Math.fround(value)) ? value : null;
}

/** Rows of numbers, parted by spaces, tabs or commas, a line each; null where it is one number, or other text. */
export function tableIn(text: string): Rows | null {
  const rows = text
    .trim()
    .split(/[\n;]+/)
    .map((line) =>
      line
        .trim()
        .split(/,?\s+/)
        .flatMap((part) => (isList(part) ? part.split(',') : [part]))
        .map(changeIn),
    );
  if (rows.length === 1 && rows[0].length === 1) return null;
  return rows.every((row) => row.every((value) => value !== null)) ? (rows as Rows) : null;
}

/** "0.1,0.2" and "1,2,3" are lists; "0,3" is a number. */
function isList(part: string): boolean {
  const commas = part.split(',').length - 1;
  return commas > 1 || (commas === 1 && part.includes('.'));
}

/** A table laid over some numbers from one of them on; what does not fit is left away. */
export function pasted(
  rows: Rows,
  table: Rows,
  model: number,
  element: number,
  canResize: boolean,
): Rows {
  const now = rows[0].length;
  const needed = element + Math.max(...table.map((row) => row.length));
  const count = canResize ? Math.min(mostElements, Math.max(now, needed)) : now;
  return rows.map((row, k) =>
    Array.from({ length: count }, (_, i) => table[k - model]?.[i - element] ?? row[i] ?? 0),
  );
}
