import { type TaskOrigin, type TextTask, usualSplit } from '../task.ts';
import { tooLong } from './csv.ts';
import { limits, TaskFileError } from './problems.ts';

/** Characters of one piece of a long text: some hundred tokens, which every model has room for. */
const PIECE = 1200;
/** A short text has as many pieces, so that both parts of the task have some. */
const FEWEST = 4;
const SHORTEST = 16;

/**
 * A text of any length, cut at line ends or spaces into pieces that are scored one by one, each with the piece before it as
 * its context. A TaskFileError where there is nothing in it.
 */
export function taskOfText(
  title: string,
  text: string,
  from: TaskOrigin | null = null,
  piece?: number,
): TextTask {
  if (text.length > limits.file) throw new TaskFileError(title, [tooLong(text.length)]);
  const body = text.replace(/^\uFEFF/, '');
  if (body.trim() === '') throw new TaskFileError(title, ['The text is empty.']);
  const pieces = piecesOf(body, piece ?? lengthFor(body)).filter((each) => each.trim() !== '');
  const items = pieces.map((each, at) => ({ context: pieces[at - 1] ?? '', text: each }));
  const kept = items.slice(0, limits.items);
  const rows = { taken: kept.length, of: items.length };
  const source = from && { from, naming: { kind: 'text' as const }, rows };
  return {
    ...{ id: `own/${title}`, title, skill: 'own', split: usualSplit },
    ...(source && { source }),
    ...{ kind: 'text', items: kept },
  };
}

function lengthFor({ length }: string): number {
  return Math.min(PIECE, Math.max(SHORTEST, Math.ceil(length / FEWEST)));
}

/** Nothing is lost: together they are the text. */
function piecesOf(text: string, length: number): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = at + length >= text.length ? text.length : cutBefore(text, at, at + length);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

/** Behind the last line end of the second half, else in front of the last space, else where no character is cut in two. */
function cutBefore(text: string, from: number, to: number): number {
  const half = from + Math.floor((to - from) / 2);
  const line = text.lastIndexOf('\n', to - 1);
  if (line >= half) return line + 1;
  const space = text.lastIndexOf(' ', to);
  if (space > half) return space;
  const isHigh = (text.charCodeAt(to - 1) & 0xfc00) === 0xd800;
  return isHigh && to - 1 > from ? to - 1 : to;
}
