import { limits, type Row, type Table, TaskFileError } from './problems.ts';

const separators = [',', ';', '\t', '|'] as const;

/**
 * A table of RFC 4180: the first row names the columns, a value in quotes may hold separators, line ends and doubled
 * quotes. A byte order mark and empty lines are passed over. The separator is the one of comma, semicolon, tab and bar
 * that the first row has most of outside quotes. A TaskFileError names the line.
 */
export function readCsv(file: string, text: string): Table {
  if (text.length > limits.file) throw new TaskFileError(file, [tooLong(text.length)]);
  const body = text.replace(/^\uFEFF/, '');
  const [head, ...records] = recordsOf(file, body, separatorOf(body));
  if (!head) throw new TaskFileError(file, ['The file is empty.']);
  const columns = head.values.map((name) => name.trim());
  checkNames(file, columns);
  const rows = records.map(({ line, values }): Row => {
    if (values.length !== columns.length) {
      throw new TaskFileError(file, [
        `line ${line}: found ${values.length} values; expected ${columns.length}, as many as there are columns. A value with a separator or a line end in it has to be in double quotes.`,
      ]);
    }
    const cells = Object.fromEntries(columns.map((name, at) => [name, values[at]]));
    return { place: `line ${line}`, cells };
  });
  return { file, columns, rows };
}

export const tooLong = (characters: number) =>
  `The file has ${characters.toLocaleString('en-US')} characters; at most ${limits.file.toLocaleString('en-US')} are read. Take a part of it.`;

function checkNames(file: string, columns: readonly string[]): void {
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined) {
    const name = twice === '' ? 'without a name' : `named "${twice}"`;
    throw new TaskFileError(file, [
      `line 1: more than one column is ${name}. The first line has to name every column.`,
    ]);
  }
}

function separatorOf(text: string): string {
  const counts = new Map<string, number>(separators.map((each) => [each, 0]));
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === '\n' || character === '\r')) break;
    else if (!isQuoted && counts.has(character)) {
      counts.set(character, counts.get(character)! + 1);
    }
  }
  return separators.reduce((best, each) => (counts.get(each)! > counts.get(best)! ? each : best));
}

type Record = { readonly line: number; readonly values: readonly string[] };

function recordsOf(file: string, text: string, separator: string): readonly Record[] {
  const records: Record[] = [];
  let [at, line] = [0, 1];
  while (at < text.length) {
    const begun = line;
    const values: string[] = [];
    for (let ends = false; !ends; ) {
      const isQuoted = text[at] === '"';
      const read = isQuoted ? readQuoted(file, text, at, line) : readBare(text, at, separator);
      line += read.lines;
      at = read.at;
      values.push(read.value);
      if (at < text.length && text[at] === separator) {
        at++;
        continue;
      }
      ends = true;
      if (isQuoted && at < text.length && !/[\r\n]/.test(text[at])) {
        throw new TaskFileError(file, [
          `line ${line}: there is text behind a closing quote. A quote within a value is written twice.`,
        ]);
      }
      if (text.startsWith('\r\n', at)) at++;
      at++;
      line++;
    }
    if (values.length > 1 || values[0].trim() !== '') records.push({ line: begun, values });
  }
  return records;
}

function readBare(text: string, from: number, separator: string) {
  let at = from;
  while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++;
  return { value: text.slice(from, at), at, lines: 0 };
}

function readQuoted(file: string, text: string, from: number, line: number) {
  const parts: string[] = [];
  for (let at = from + 1; ; ) {
    const end = text.indexOf('"', at);
    if (end === -1) {
      throw new TaskFileError(file, [`line ${line}: a quote is opened and never closed.`]);
    }
    parts.push(text.slice(at, end));
    if (text[end + 1] === '"') {
      parts.push('"');
      at = end + 2;
      continue;
    }
    const value = parts.join('');
    return { value, at: end + 1, lines: value.match(/\r\n|\r|\n/g)?.length ?? 0 };
  }
}
