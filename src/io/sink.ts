/** Something a merged model folder is written to. Nothing counts as finished before `commit`. */
export interface Sink {
  /** How the browser saves, in words for the user: "folder you picked", "private storage, then a download". */
  readonly kind: 'directory' | 'opfs';
  /** `name` is a path in the model folder, with forward slashes; its folders are made. */
  create(name: string, size: number): Promise<SinkFile>;
  /**
   * Makes the closed files a finished model, all at once. `verified` is kept beside them where the sink
   * can be listed later: whether the verification found no problem.
   */
  commit(verified: boolean): Promise<void>;
  /** Removes everything written so far. Safe to call twice, and after a failure. */
  abort(): Promise<void>;
  /** What was committed (or closed), as a source to verify. */
  reopen(name: string): Promise<import('./source.ts').Source>;
}

export interface SinkFile {
  /**
   * Writes at byte `at`; every byte of the file is written once, in any order. Rejects with a `WriteError`
   * (tag `quota` when there is no room) and writes no more.
   */
  write(bytes: Uint8Array<ArrayBuffer>, at: number): Promise<void>;
  /** Fills `into` with what was written from byte `at` on; absent where that shows only after closing. */
  read?(into: Uint8Array<ArrayBuffer>, at: number): void;
  close(): Promise<void>;
}
