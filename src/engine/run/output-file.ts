import type { Sink, SinkFile } from '../../io/sink.ts';
import type { Source } from '../../io/source.ts';
import type { Audit, Auditor } from '../check/auditor.ts';
import type { Checked, FileLayout } from '../check/file-check.ts';
import { JobError } from '../errors.ts';
import type { Piece } from '../tensor/make.ts';

/** Bytes read back at a time. */
const STEP = 4 * 2 ** 20;
/** Buffers of a file that go round between reading back and checking: enough while the disk is waited for. */
const BUFFERS = 6;

export type OutputOptions = {
  readonly sink: Pick<Sink, 'create'>;
  readonly auditor: Auditor;
  readonly signal: AbortSignal;
  /** For reading back, when no file uses them: all files of a run take turns with the same. */
  readonly idleBuffers: ArrayBuffer[];
  /** Bytes that were read back and given to the checks. */
  readonly onChecked: (bytes: number) => void;
};

/**
 * One file of the output. Pieces come in any order and go to their places; what is written without a gap
 * from the beginning is read back at once and checked beside the merge, where the sink can. Where it
 * cannot, all of it is when the file is closed.
 */
export class OutputFile {
  readonly name: string;
  readonly size: number;
  readonly #file: SinkFile;
  readonly #audit: Audit;
  readonly #options: OutputOptions;
  /** Written pieces by where they begin, until they were read back. */
  readonly #pieces = new Map<number, { readonly end: number; readonly checksum: string }>();
  #checkedTo = 0;
  #following: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  static async create(
    name: string,
    size: number,
    layout: FileLayout,
    options: OutputOptions,
  ): Promise<OutputFile> {
    options.signal.throwIfAborted();
    const file = await told(name, '', options.sink.create(name, size));
    return new OutputFile(name, size, file, layout, options);
  }

  private constructor(
    name: string,
    size: number,
    file: SinkFile,
    layout: FileLayout,
    options: OutputOptions,
  ) {
    this.name = name;
    this.size = size;
    this.#file = file;
    this.#audit = options.auditor.open(layout);
    this.#options = options;
  }

  /** `tensor` is for the message when it fails. */
  async write({ at, bytes, checksum }: Piece, tensor = ''): Promise<void> {
    this.#options.signal.throwIfAborted();
    const { length } = bytes; // a sink may hand the buffer on to another thread
    await told(this.name, tensor, this.#file.write(bytes, at));
    this.#pieces.set(at, { end: at + length, checksum });
    if (this.#file.read) this.#follow((into, from) => this.#file.read!(into, from));
  }

  /** Closes the file once all of it is written. What was not read back of it yet is read later. */
  async close(): Promise<void> {
    await this.#following;
    if (this.#failure) throw this.#failure.error;
    await told(this.name, '', this.#file.close());
  }

  /** Reads back what is left of the closed file, and tells what was found. */
  async finish(source: Source): Promise<Checked> {
    const { signal } = this.#options;
    if (this.#checkedTo < this.size) {
      this.#follow(async (into, from) => {
        const bytes = await source.read(from, from + into.length, signal, into);
        if (bytes !== into) into.set(bytes);
      });
      await this.#following;
      if (this.#failure) throw this.#failure.error;
    }
    return this.#audit.finish();
  }

  #follow(read: (into: Uint8Array<ArrayBuffer>, from: number) => Promise<void> | void): void {
    if (this.#following) return;
    this.#following = this.#readBack(read)
      .catch((error: unknown) => {
        this.#failure = { error }; // whoever closes or finishes the file hears of it
      })
      .finally(() => {
        this.#following = null;
      });
  }

  async #readBack(
    read: (into: Uint8Array<ArrayBuffer>, from: number) => Promise<void> | void,
  ): Promise<void> {
    const { signal, idleBuffers, onChecked } = this.#options;
    const fed: Promise<unknown>[] = [];
    for (;;) {
      const piece = this.#pieces.get(this.#checkedTo);
      if (!piece) {
        await Promise.all(fed.splice(0));
        if (this.#pieces.has(this.#checkedTo)) continue;
        return;
      }
      for (let at = this.#checkedTo; at < piece.end; at += STEP) {
        signal.throwIfAborted();
        if (fed.length >= BUFFERS) await fed.shift();
        const length = Math.min(STEP, piece.end - at);
        const into = new Uint8Array(idleBuffers.pop() ?? new ArrayBuffer(STEP), 0, length);
        await read(into, at);
        fed.push(
          this.#audit.feed(into).then((buffer) => {
            idleBuffers.push(buffer);
            onChecked(length);
          }),
        );
      }
      this.#audit.endPiece(piece.checksum);
      this.#pieces.delete(this.#checkedTo);
      this.#checkedTo = piece.end;
    }
  }
}

async function told<T>(file: string, tensor: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new JobError({ step: 'write', tensor, file }, error);
  }
}
