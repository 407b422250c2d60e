/** Why bytes could not be read. */
export type ReadTag =
  | 'changed'
  | 'missing'
  | 'permission'
  | 'network'
  | 'status'
  | 'short'
  | 'disk';

/** Why bytes could not be written. */
export type WriteTag = 'quota' | 'disk' | 'permission' | 'exists' | 'size' | 'closed' | 'name';

export type IoContext = {
  /** The file as the user knows it. */
  readonly file: string;
  readonly found: string;
  readonly expected?: string;
  readonly advice: string;
};

export class ReadError extends Error {
  override readonly name = 'ReadError';
  readonly tag: ReadTag;
  readonly context: IoContext;

  constructor(tag: ReadTag, context: IoContext, cause?: unknown) {
    super(sentence(context), cause === undefined ? undefined : { cause });
    this.tag = tag;
    this.context = context;
  }
}

export class WriteError extends Error {
  override readonly name = 'WriteError';
  readonly tag: WriteTag;
  readonly context: IoContext;

  constructor(tag: WriteTag, context: IoContext, cause?: unknown) {
    super(sentence(context), cause === undefined ? undefined : { cause });
    this.tag = tag;
    this.context = context;
  }
}

function sentence({ file, found, expected, advice }: IoContext): string {
  const wanted = expected === undefined ? '' : `; expected ${expected}`;
  return `${file}: ${found}${wanted}. ${advice}`;
}

/** The name of a DOMException ("QuotaExceededError"), or '' for anything else. */
export function domName(error: unknown): string {
  return error instanceof DOMException ? error.name : '';
}
