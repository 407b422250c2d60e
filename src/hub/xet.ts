import { downloadFile, type FileDownloadInfoOutput, fileDownloadInfo } from '@huggingface/hub';
import { encodePath } from './address.ts';
import type { BodyEnd, Progress } from './body.ts';
import type { HubConnection } from './connection.ts';
import { HubError } from './errors.ts';
import type { HubFile } from './place.ts';

/**
 * The other way to the bytes of a file: in chunks from the content-addressed store (Xet), put together by the
 * library. For when the browser withholds what the plain address redirects to.
 */
export class XetReader {
  private readonly connection: HubConnection;
  private readonly file: HubFile;
  private info: FileDownloadInfoOutput | null = null;

  constructor(connection: HubConnection, file: HubFile) {
    this.connection = connection;
    this.file = file;
  }

  get isChosen(): boolean {
    return this.info !== null;
  }

  /** Whether the Hub answers and keeps the file there; from then on it is read so. */
  async choose(fetch: typeof globalThis.fetch): Promise<boolean> {
    try {
      const info = await fileDownloadInfo({ ...this.where(), fetch });
      if (info?.xet && info.size === this.file.size) this.info = info;
    } catch (error) {
      if (!(error instanceof HubError)) return false;
      if (error.tag !== 'blocked') throw error;
    }
    return this.isChosen;
  }

  /** One slice. The library's blob is lazy and not a real one: it never leaves this method. */
  async read(
    target: Uint8Array,
    from: number,
    progress: Progress,
    fetch: typeof globalThis.fetch,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<BodyEnd> {
    const length = target.length - progress.at;
    try {
      const blob = await downloadFile({ ...this.where(), fetch, downloadInfo: this.info! });
      const buffer = await blob?.slice(from, from + length).arrayBuffer();
      signal.throwIfAborted();
      if (buffer?.byteLength !== length) return 'ended';
      target.set(new Uint8Array(buffer), progress.at);
      progress.at = target.length;
      onBytes(length);
      return 'full';
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof HubError) throw error;
      return 'broken';
    }
  }

  private where() {
    const { repo, commit, path } = this.file;
    const { hubUrl } = this.connection;
    return { repo, revision: commit, path: encodePath(path), hubUrl };
  }
}
