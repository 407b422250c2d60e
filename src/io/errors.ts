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
export type WriteTag =
  | 'quota'
  | 'disk'
  | 'permission'
  | 'exists'
  | 'busy'
  | 'size'
  | 'closed'
  | 'gone'
  | 'name';

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

const readFailures: Readonly<Record<string, readonly [ReadTag, string, string]>> = {
  NotReadableError: ['changed', 'the file changed or cannot be read', 'Drop the file again.'],
  NotFoundError: ['missing', 'the file is gone', 'Put it back and drop it again.'],
  NotAllowedError: ['permission', 'reading is not allowed any more', 'Drop the file again.'],
  SecurityError: ['permission', 'reading is not allowed any more', 'Drop the file again.'],
};

/** Names what went wrong while reading `file`; an abort and a `ReadError` stay what they are. */
export function asReadError(error: unknown, file: string): unknown {
  if (error instanceof ReadError || nameOf(error) === 'AbortError') return error;
  const [tag, found, advice] = readFailures[nameOf(error)] ?? [
    'disk',
    `reading failed (${String(error)})`,
    'Check the disk, then drop the file again.',
  ];
  return new ReadError(tag, { file, found, advice }, error);
}

const writeFailures: Readonly<Record<string, readonly [WriteTag, string, string]>> = {
  QuotaExceededError: ['quota', 'there is no room left', 'Free some space, or save elsewhere.'],
  NotAllowedError: ['permission', 'writing is not allowed any more', 'Pick the folder again.'],
  SecurityError: ['permission', 'writing is not allowed here', 'Pick another folder.'],
  NoModificationAllowedError: ['busy', 'the file is in use', 'Close what uses it, and try again.'],
  TypeMismatchError: ['exists', 'a folder has this name', 'Pick an empty folder.'],
  TypeError: ['name', 'no file can have this name', 'Choose another name.'],
};

/** Names what went wrong while writing `file`; an abort and a `WriteError` stay what they are. */
export function asWriteError(error: unknown, file: string): unknown {
  if (error instanceof WriteError || nameOf(error) === 'AbortError') return error;
  const [tag, found, advice] = writeFailures[nameOf(error)] ?? [
    'disk',
    `writing failed (${String(error)})`,
    'Check that the disk and the folder are still there, and run again.',
  ];
  return new WriteError(tag, { file, found, advice }, error);
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : '';
}
