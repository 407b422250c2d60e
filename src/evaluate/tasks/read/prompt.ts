/** The prompt of a row, and what stands around its answer. */
import type { Naming } from '../naming.ts';
import { shownIn, textIn } from './cell.ts';
import type { Row } from './problems.ts';

export type Asked = {
  readonly prompt: string;
  /** Around the answer, or each choice. */
  readonly before: string;
  readonly after: string;
  /** The answer itself, where the prompt holds it. */
  readonly answer: string | null;
};

/**
 * Spaces in front of the answer are its own: a model writes a space and its word as one token. A RangeError tells what the row
 * lacks.
 */
export function askedOf(row: Row, naming: Naming): Asked {
  const { columns = {}, template, place = 'column' } = naming;
  const [head, tail] = template
    ? withCells(row, template)
    : [textIn(row, String(columns.prompt)), null];
  if (head.trim() === '') throw new RangeError('the prompt is empty.');
  if (place === 'last word') return lastWord(head);
  if (place === 'blank') return aroundBlank(head + (tail ?? ''));
  if (tail === null) return { prompt: head, before: '', after: '', answer: null };
  return { ...cutSpaces(head), after: tail, answer: null };
}

/** Null where the template does not say where the answer stands. */
function withCells(row: Row, template: string): readonly [head: string, tail: string | null] {
  const [head, tail] = template
    .split('{answer}', 2)
    .map((part) => part.replace(/\{([^{}\n]+)\}/g, (_, name: string) => shownIn(row, name)));
  return [head.replace(/^\s+/, ''), tail ?? null];
}

function lastWord(text: string): Asked {
  const [, prompt, before, answer] = /^(.*\S)(\s+)(\S+)\s*$/s.exec(text) ?? [];
  if (answer === undefined) throw new RangeError('the prompt has no two words.');
  return { prompt, before, after: '', answer };
}

function aroundBlank(text: string): Asked {
  const parts = text.split('_');
  if (parts.length !== 2) {
    throw new RangeError(`there are ${parts.length - 1} blanks "_" in the prompt; expected one.`);
  }
  if (parts[0].trim() === '') throw new RangeError('nothing stands in front of the blank "_".');
  return { ...cutSpaces(parts[0]), after: parts[1], answer: null };
}

/** Line ends stay with the prompt: they would end an answer. */
function cutSpaces(text: string): Pick<Asked, 'prompt' | 'before'> {
  const prompt = text.replace(/ +$/, '');
  return { prompt, before: text.slice(prompt.length) };
}
