import { EngineError } from '../errors.ts';
import { type Checked, FileCheck, type FileLayout } from './file-check.ts';

/** Looks at what was written, file by file, while the merge goes on. */
export interface Auditor {
  open(layout: FileLayout): Audit;
  dispose(): void;
}

/** One file, fed in order. */
export interface Audit {
  /** Takes the bytes and the buffer under them. Resolves to it or another, when the next may come. */
  feed(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  /** What was fed since the last piece must have this XXH64. */
  endPiece(checksum: string): void;
  finish(): Promise<Checked>;
}

/** In this thread; for tests, and where workers cannot be had. */
export function inlineAuditor(): Auditor {
  return {
    dispose() {},
    open(layout) {
      const opening = FileCheck.open(layout);
      let turn: Promise<unknown> = opening;
      const then = <T>(act: (check: FileCheck) => T): Promise<T> => {
        const next = turn.then(async () => act(await opening));
        turn = next;
        next.catch(() => {}); // whoever finishes hears of it
        return next;
      };
      return {
        feed: (bytes) =>
          then((check) => {
            check.update(bytes);
            return bytes.buffer;
          }),
        endPiece: (checksum) => void then((check) => check.endPiece(checksum)),
        finish: () => then((check) => check.finish()),
      };
    },
  };
}

export type ToAuditor =
  | { readonly kind: 'open'; readonly file: number; readonly layout: FileLayout }
  | { readonly kind: 'bytes'; readonly file: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'piece'; readonly file: number; readonly checksum: string }
  | { readonly kind: 'finish'; readonly file: number };

export type FromAuditor =
  | { readonly kind: 'took'; readonly file: number; readonly buffer: ArrayBuffer }
  | { readonly kind: 'checked'; readonly file: number; readonly checked: Checked }
  | { readonly kind: 'failed'; readonly file: number; readonly message: string };

export type AuditWorker = Pick<Worker, 'postMessage' | 'addEventListener' | 'terminate'>;

type Waiting = { resolve(value: never): void; reject(error: Error): void };

/** In a worker of its own, started with the first file. */
export function workerAuditor(spawn: () => AuditWorker): Auditor {
  let worker: AuditWorker | null = null;
  let broken: Error | null = null;
  let files = 0;
  const waiting = new Map<number, Waiting[]>();

  const fail = (error: Error) => {
    broken = error;
    for (const list of waiting.values()) for (const { reject } of list) reject(error);
    waiting.clear();
  };
  const start = () => {
    if (worker) return worker;
    worker = spawn();
    worker.addEventListener('message', (event) => {
      const reply = (event as MessageEvent<FromAuditor>).data;
      if (reply.kind === 'failed') return fail(new Error(reply.message));
      const first = waiting.get(reply.file)?.shift();
      first?.resolve((reply.kind === 'took' ? reply.buffer : reply.checked) as never);
    });
    worker.addEventListener('error', (event) => {
      const why = (event as ErrorEvent).message ?? 'error';
      const advice = 'Merge again; if it stops again, lower the memory budget.';
      fail(new EngineError('checking-worker', `The checking worker stopped: ${why}`, { advice }));
    });
    return worker;
  };

  return {
    dispose() {
      worker?.terminate();
      worker = null;
      fail(new DOMException('The checks were stopped', 'AbortError'));
    },
    open(layout) {
      const file = ++files;
      waiting.set(file, []);
      const port = start();
      port.postMessage({ kind: 'open', file, layout } satisfies ToAuditor);
      const ask = <T>(message: ToAuditor, transfer: Transferable[] = []): Promise<T> =>
        new Promise<T>((resolve, reject) => {
          if (broken) return reject(broken);
          waiting.get(file)?.push({ resolve: resolve as Waiting['resolve'], reject });
          port.postMessage(message, transfer);
        });
      return {
        feed: (bytes) => ask({ kind: 'bytes', file, bytes }, [bytes.buffer]),
        endPiece: (checksum) => port.postMessage({ kind: 'piece', file, checksum }),
        finish: () => ask({ kind: 'finish', file }),
      };
    },
  };
}
