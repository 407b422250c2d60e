import { mostTokens } from '../../tokenizer/tokenizer.ts';
import { refusal } from '../refusal.ts';

/** A token of SentencePiece. Its kind is numbered as a GGUF numbers them. */
export type Piece = { readonly text: string; readonly score: number; readonly kind: number };

export const pieceKinds = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 };

/** What is read of a tokenizer.model; ids are places in `pieces`. */
export type SentencePieceModel = {
  readonly pieces: readonly Piece[];
  readonly algorithm: 'Unigram' | 'BPE' | 'words' | 'characters';
  /** Whether a text gets a space in front of it. */
  readonly addsSpace: boolean;
  /** Half a sentence for what it does to a text besides; null where it leaves texts as they are. */
  readonly changes: string | null;
};

const file = 'tokenizer.model';
const algorithms = ['Unigram', 'BPE', 'words', 'characters'] as const;

/**
 * Reads tokenizer.model, a protocol buffer: pieces, and what is known of how texts are prepared. Source:
 * `sentencepiece_model.proto` of google/sentencepiece. Throws FormatError where it is no such file.
 */
export function readSentencePiece(bytes: Uint8Array): SentencePieceModel {
  const pieces: Piece[] = [];
  let algorithm: SentencePieceModel['algorithm'] = 'Unigram';
  let isSuffix = false;
  let addsSpace = true;
  let removesSpaces = true;
  let mapped = 0;
  for (const { field, value } of fieldsOf(bytes)) {
    if (field === 1) {
      if (pieces.length >= mostTokens) throw none(`more than ${mostTokens} pieces`);
      pieces.push(pieceOf(messageIn(value)));
    } else if (field === 2) {
      for (const { field: key, value: said } of fieldsOf(messageIn(value))) {
        if (key === 3) algorithm = algorithms[numberIn(said) - 1] ?? algorithm;
        if (key === 24) isSuffix = numberIn(said) !== 0;
      }
    } else if (field === 3) {
      for (const { field: key, value: said } of fieldsOf(messageIn(value))) {
        if (key === 2) mapped = messageIn(said).length;
        if (key === 3) addsSpace = numberIn(said) !== 0;
        if (key === 4) removesSpaces = numberIn(said) !== 0;
      }
    }
  }
  if (pieces.length === 0) throw none('no pieces');
  const changes = [
    ...(mapped > 0 ? ['replaces characters'] : []),
    ...(removesSpaces ? ['removes spaces'] : []),
    ...(isSuffix ? ['puts spaces behind words'] : []),
  ];
  return { pieces, algorithm, addsSpace, changes: changes.join(', ') || null };
}

function pieceOf(bytes: Uint8Array): Piece {
  let text = '';
  let score = 0;
  let kind = pieceKinds.normal;
  for (const { field, value } of fieldsOf(bytes)) {
    if (field === 1) text = textIn(messageIn(value));
    if (field === 2) score = floatIn(value);
    if (field === 3) kind = numberIn(value);
  }
  if (!Object.values(pieceKinds).includes(kind)) throw none(`a piece of the kind ${kind}`);
  return { text, score, kind };
}

/** A number, four bytes or eight, or the bytes of a text or of a message within. */
type Field = { readonly field: number; readonly value: number | Uint8Array };

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const taken = (count: number) => {
    if (count > bytes.length - at) throw none('an end in the middle of a field');
    at += count;
    return bytes.subarray(at - count, at);
  };
  /** Of seven bits a byte, the lowest first. Above 2⁵³ it is inexact, and nothing here is. */
  const number = () => {
    let value = 0;
    for (let k = 0; k < 10; k++) {
      const [byte] = taken(1);
      value += (byte & 0x7f) * 2 ** (7 * k);
      if (byte < 0x80) return value;
    }
    throw none('a number of more than ten bytes');
  };
  while (at < bytes.length) {
    const key = number();
    const field = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        yield { field, value: number() };
        break;
      case 1:
        yield { field, value: taken(8) };
        break;
      case 2:
        yield { field, value: taken(number()) };
        break;
      case 5:
        yield { field, value: taken(4) };
        break;
      default:
        throw none(`a field of the wire type ${key % 8}`);
    }
  }
}

function messageIn(value: Field['value']): Uint8Array {
  if (typeof value !== 'number') return value;
  throw none('a number where bytes were expected');
}

function numberIn(value: Field['value']): number {
  if (typeof value === 'number') return value;
  throw none('bytes where a number was expected');
}

function floatIn(value: Field['value']): number {
  const bytes = messageIn(value);
  if (bytes.length !== 4) throw none('a score that is no 32-bit float');
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
}

function textIn(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw none('a piece that is no UTF-8');
  }
}

function none(found: string) {
  const expected = 'a model of SentencePiece';
  const advice = 'Take it again from where the model came from, or leave it out.';
  return refusal({ file, found, expected, advice });
}
