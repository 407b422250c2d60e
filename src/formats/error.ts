export type FormatTag =
  | 'too-short'
  | 'not-safetensors'
  | 'header-too-large'
  | 'header-past-end'
  | 'not-utf8'
  | 'not-json'
  | 'not-an-object'
  | 'duplicate-key'
  | 'number-too-large'
  | 'bad-metadata'
  | 'bad-tensor'
  | 'no-tensors'
  | 'too-many-tensors'
  | 'unknown-dtype'
  | 'bad-shape'
  | 'bad-offsets'
  | 'reversed-offsets'
  | 'size-overflow'
  | 'partial-byte'
  | 'size-mismatch'
  | 'first-offset'
  | 'hole'
  | 'overlap'
  | 'truncated'
  | 'trailing-bytes'
  | 'bad-index'
  | 'index-file-name'
  | 'index-too-large'
  | 'missing-part'
  | 'missing-shard'
  | 'duplicate-tensor'
  | 'bad-config'
  | 'bad-tokenizer'
  | 'adapter'
  | 'pickle'
  | 'not-torch'
  | 'bad-zip'
  | 'bad-pickle'
  | 'unsafe-pickle'
  | 'gguf'
  | 'not-for-gguf'
  | 'other-weights'
  | 'archive'
  | 'no-model'
  | 'links'
  | 'unfinished'
  | 'misnamed'
  | 'several-models'
  | 'left-over';

export type FormatContext = {
  readonly file: string;
  readonly tensor?: string;
  readonly found: string;
  readonly expected: string;
  readonly advice: string;
};

/** Longest piece of a file that an error quotes, in characters. */
const MOST_QUOTED = 300;

/** Both ends of what is too long to quote: whoever made the file, an error is of a bounded length. */
export function quoted(text: string, most = MOST_QUOTED): string {
  if (text.length <= most) return text;
  const [head, tail] = [text.slice(0, most / 2), text.slice(-most / 4)];
  return `${head}…${tail} (${text.length.toLocaleString('en-US')} characters)`;
}

/** A file that is not what it says it is. The message names file, tensor, found, expected, advice. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly tag: FormatTag;
  readonly context: FormatContext;

  constructor(tag: FormatTag, given: FormatContext, cause?: unknown) {
    const context = {
      ...given,
      file: quoted(given.file),
      ...(given.tensor === undefined ? {} : { tensor: quoted(given.tensor) }),
      found: quoted(given.found),
      expected: quoted(given.expected),
    };
    const { file, tensor, found, expected, advice } = context;
    const place = tensor === undefined ? file : `${file}, tensor "${tensor}"`;
    super(
      `${place}: found ${found}; expected ${expected}. ${advice}`,
      cause === undefined ? undefined : { cause },
    );
    this.tag = tag;
    this.context = context;
  }
}
