import { quoted } from '../../../formats/error.ts';
import { recognise } from './columns.ts';
import { tooLong } from './csv.ts';
import {
  limits,
  MOST_COUNTED,
  MOST_TOLD,
  type Row,
  type Table,
  TaskFileError,
} from './problems.ts';

/**
 * One JSON object a line; or the whole text is one array of objects, or an object with exactly one such array in it, as
 * `prompts` of the demo; one line that is a task by itself is a row. A TaskFileError names the line, or the item.
 */
export function readJson(file: string, text: string): Table {
  if (text.length > limits.file) throw new TaskFileError(file, [tooLong(text.length)]);
  const body = text.replace(/^\uFEFF/, '').trim();
  if (body === '') throw new TaskFileError(file, ['The file is empty.']);
  const value = parsed(body);
  const isLines = /\.(jsonl|ndjson)$/i.test(file);
  const isRow = isLines && isObject(value) && recognise(Object.keys(value)) !== null;
  const list = isRow ? null : listIn(value);
  const rows = list === null ? linesOf(file, text.replace(/^\uFEFF/, '')) : itemsIn(file, list);
  const columns = new Set(rows.flatMap(({ cells }) => Object.keys(cells)));
  return { file, columns: [...columns], rows };
}

/** Undefined where it is not JSON: lines of JSON are not. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listIn(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return null;
  const lists = Object.values(value).filter(
    (each) => Array.isArray(each) && each.length > 0 && each.every(isObject),
  );
  return lists.length === 1 ? (lists[0] as unknown[]) : null;
}

function itemsIn(file: string, list: readonly unknown[]): readonly Row[] {
  return checked(file, list.keys(), (at) => {
    const [value, place] = [list[at], `item ${at + 1}`];
    return isObject(value)
      ? { place, cells: value }
      : `${place}: found ${told(value)}; expected an object.`;
  });
}

function linesOf(file: string, text: string): readonly Row[] {
  const lines = text.split(/\r\n|\n|\r/);
  const filled = [...lines.keys()].filter((at) => lines[at].trim() !== '');
  return checked(file, filled, (at) => {
    const [value, place] = [parsed(lines[at]), `line ${at + 1}`];
    if (isObject(value)) return { place, cells: value };
    const found = value === undefined ? 'no valid JSON' : told(value);
    return `${place}: found ${found}; expected one JSON object on the line.`;
  });
}

/** Row by row, or what is wrong with them. */
function checked(
  file: string,
  places: Iterable<number>,
  rowAt: (place: number) => Row | string,
): readonly Row[] {
  const rows: Row[] = [];
  const problems: string[] = [];
  for (const at of places) {
    const row = rowAt(at);
    if (typeof row !== 'string') rows.push(row);
    else if (problems.push(row) === MOST_COUNTED) break;
  }
  if (problems.length === 0) return rows;
  throw new TaskFileError(file, problems.slice(0, MOST_TOLD), problems.length);
}

const told = (value: unknown) => quoted(JSON.stringify(value), 60);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
