/** Something a merged model folder is written to. Nothing has its final name before `commit`. */
export interface Sink {
  /** How the browser saves, in words for the user: "folder you picked", "private storage, then a download". */
  readonly kind: 'directory' | 'opfs';
  create(name: string, size: number): Promise<SinkFile>;
  /** Gives every closed file its final name. */
  commit(): Promise<void>;
  /** Removes everything written so far. Safe to call twice, and after a failure. */
  abort(): Promise<void>;
  /** What was committed (or closed), as a source to verify. */
  reopen(name: string): Promise<import('./source.ts').Source>;
}

export interface SinkFile {
  /** Appends. Rejects with a `WriteError` (tag `quota` when there is no room) and writes no more. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
}
