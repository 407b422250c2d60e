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
  | 'missing-shard'
  | 'duplicate-tensor'
  | 'bad-config'
  | 'adapter'
  | 'pickle'
  | 'not-torch'
  | 'bad-zip'
  | 'bad-pickle'
  | 'unsafe-pickle'
  | 'gguf'
  | 'other-weights'
  | 'archive'
  | 'no-model'
  | 'several-models'
  | 'left-over';

export type FormatContext = {
  readonly file: string;
  readonly tensor?: string;
  readonly found: string;
  readonly expected: string;
  readonly advice: string;
};

/** A file that is not what it says it is. The message names file, tensor, found, expected, advice. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly tag: FormatTag;
  readonly context: FormatContext;

  constructor(tag: FormatTag, context: FormatContext, cause?: unknown) {
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
