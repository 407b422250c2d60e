import { type Piece, pieceKinds } from './sentencepiece-model.ts';

/**
 * Tokens of a text as llama.cpp makes them of pieces and their scores: tokens of the user stand as they are, and between
 * them characters are joined, each time the two neighbours that come to the piece with the highest score, the first of
 * equals. What is no piece in the end are the bytes of its UTF-8. Quadratic; for short texts. Source: `llm_tokenizer_spm`.
 */
export function tokensAsLlama(
  text: string,
  pieces: readonly Piece[],
  addsSpace: boolean,
): readonly number[] {
  const ids = new Map(pieces.map((piece, id) => [piece.text, id]));
  return partsOf(text, pieces).flatMap((part) => {
    if (typeof part === 'number') return [part];
    // Before the text, and before what follows a token of the user.
    const spaced = addsSpace ? ` ${part}` : part;
    return joined([...spaced.replaceAll(' ', '▁')], ids, pieces);
  });
}

/** The text, and in it the ids of tokens of the user, the longest of them found first. */
function partsOf(text: string, pieces: readonly Piece[]): readonly (string | number)[] {
  const own = pieces
    .map(({ text: spelled, kind }, id) => ({ spelled, kind, id }))
    .filter(({ spelled, kind }) => kind === pieceKinds.userDefined && text.includes(spelled))
    .sort((a, b) => b.spelled.length - a.spelled.length);
  let parts: readonly (string | number)[] = [text];
  for (const { spelled, id } of own) {
    parts = parts.flatMap((part) =>
      typeof part === 'number'
        ? [part]
        : part.split(spelled).flatMap((between, k) => (k === 0 ? [between] : [id, between])),
    );
  }
  return parts.filter((part) => part !== '');
}

function joined(
  symbols: string[],
  ids: ReadonlyMap<string, number>,
  pieces: readonly Piece[],
): readonly number[] {
  for (;;) {
    let best = -1;
    let highest = -Infinity;
    for (let k = 0; k + 1 < symbols.length; k++) {
      const id = ids.get(symbols[k] + symbols[k + 1]);
      if (id === undefined || pieces[id].score <= highest) continue;
      best = k;
      highest = pieces[id].score;
    }
    if (best < 0) break;
    symbols.splice(best, 2, symbols[best] + symbols[best + 1]);
  }
  return symbols.flatMap((symbol) => {
    const id = ids.get(symbol);
    if (id !== undefined) return [id];
    return [...new TextEncoder().encode(symbol)].map((byte) => ids.get(byteToken(byte)) ?? -1);
  });
}

/** "<0x0A>": how the token of a byte is written. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
