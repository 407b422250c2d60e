/** Something bytes are read from: a file on disk, a URL, memory. */
export interface Source {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes worth reading at once by who goes through the file in small steps; absent where steps are free. */
  readonly ahead?: number;
  /** Set where it comes from another server than the page: how many bytes a look takes is told before it is made. */
  readonly isRemote?: true;
  /** Names of the content that are known without reading it: `sha256:…`, `git:…`. */
  readonly digests?: readonly string[];
  /** How another thread can read it by itself; absent where only this one can. */
  readonly local?: Local;
  /** Set where a read of a few bytes costs no more than the bytes: nothing is gained by reading more at once. */
  readonly instant?: true;
  /**
   * Bytes [begin, end). Rejects with a `ReadError` when fewer come back, with `AbortError` on abort. With
   * `into`, of just that length, sources that can put the bytes there and return it; others return their own.
   */
  read(
    begin: number,
    end: number,
    signal?: AbortSignal,
    into?: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/** What travels to another thread in place of a source. */
export type Local =
  | { readonly kind: 'blob'; readonly blob: Blob }
  | { readonly kind: 'stored'; readonly handle: FileSystemFileHandle };
