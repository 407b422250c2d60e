/** Something bytes are read from: a file on disk, a URL, memory. */
export interface Source {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes worth reading at once by who goes through the file in small steps; absent where steps are free. */
  readonly ahead?: number;
  /** Names of the content that are known without reading it: `sha256:…`, `git:…`. */
  readonly digests?: readonly string[];
  /** Bytes [begin, end). Rejects with a `ReadError` when fewer come back, with `AbortError` on abort. */
  read(begin: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}
