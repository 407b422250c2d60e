import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { refusal } from '../refusal.ts';

/** Kinds of tokens in a GGUF. */
const kinds = { normal: 1, control: 3, userDefined: 4, unused: 5 } as const;

/** Texts and kinds of `rows` tokens; `written` is how the file has those of the model. Throws FormatError for one beyond them. */
export function tokensOf(
  { ids, added }: Tokenizer,
  rows: number,
  written: (text: string) => string,
) {
  const texts = Array.from({ length: rows }, (_, id) => `[PAD${id}]`);
  const types: number[] = new Array(rows).fill(kinds.unused);
  const extra = new Map(added.map((token) => [token.id, token]));
  for (const [text, id] of ids) {
    if (id >= rows) {
      throw refusal({
        ...{ file: 'tokenizer.json', found: `the token ${JSON.stringify(text)} with the id ${id}` },
        expected: `ids below ${rows}, the rows of the embedding`,
        advice: 'Tokenizer and weights do not belong together: merge with the vocabulary by token.',
      });
    }
    const token = extra.get(id);
    if (token === undefined) {
      texts[id] = written(text);
      types[id] = kinds.normal;
    } else if (token.special || looksSpecial(text)) {
      texts[id] = text;
      types[id] = kinds.control;
    } else {
      texts[id] = text.replaceAll('▁', ' ');
      types[id] = kinds.userDefined;
    }
  }
  return { texts, types };
}

/** Tokens that steer, whatever their file says: as llama.cpp's converter has it. */
export function looksSpecial(token: string): boolean {
  return (
    ['<pad>', '<mask>', '<2mass>', '[@BOS@]'].includes(token) ||
    /^<\|.*\|>$|^<｜.*｜>$|^<unused.*>$/s.test(token)
  );
}
