import { WriteError } from '../io/errors.ts';
import { opfsSink } from '../io/opfs.ts';
import type { Sink, SinkFile } from '../io/sink.ts';
import { mergeFiles } from '../io/stored-merges.ts';
import { zipOf } from '../io/zip.ts';

/** Sync access handles exist only in dedicated workers, so tests of private storage run in this one. */
export type Call =
  | { readonly kind: 'open'; readonly folder: string }
  | {
      readonly kind: 'create';
      readonly folder: string;
      readonly name: string;
      readonly size: number;
    }
  | { readonly kind: 'write'; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'read'; readonly folder: string; readonly name: string }
  | { readonly kind: 'commit'; readonly folder: string; readonly verified?: boolean }
  | { readonly kind: 'abort'; readonly folder: string }
  | { readonly kind: 'zip'; readonly folder: string }
  /** From here on, stands still for ever before the `step`-th thing it does to private storage. */
  | { readonly kind: 'stop-at'; readonly step: number };

const sinks = new Map<string, Sink>();
const files = new Map<string, SinkFile>();

self.onmessage = async ({ data }: MessageEvent<Call & { readonly id: number }>) => {
  try {
    self.postMessage({ id: data.id, value: await answer(data) });
  } catch (error) {
    const { name, message } = error as Error;
    const tag = error instanceof WriteError ? error.tag : name;
    self.postMessage({ id: data.id, error: { name, message, tag } });
  }
};

/** Bytes written to each file so far. */
const written = new Map<string, number>();

async function append(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const at = written.get(name) ?? 0;
  await files.get(name)!.write(bytes, at);
  written.set(name, at + bytes.length);
}

async function answer(call: Call): Promise<unknown> {
  switch (call.kind) {
    case 'open':
      sinks.set(call.folder, await opfsSink(call.folder));
      return null;
    case 'create':
      written.delete(call.name);
      files.set(call.name, await sinks.get(call.folder)!.create(call.name, call.size));
      return null;
    case 'write':
      return append(call.name, call.bytes);
    case 'close':
      return files.get(call.name)!.close();
    case 'read': {
      const source = await sinks.get(call.folder)!.reopen(call.name);
      return source.read(0, source.size);
    }
    case 'commit':
      return sinks.get(call.folder)!.commit(call.verified ?? true);
    case 'abort':
      return sinks.get(call.folder)!.abort();
    case 'stop-at':
      stopAt(call.step);
      return null;
    case 'zip':
      return zipOf(call.folder, await mergeFiles(call.folder));
  }
}

/** As if it were killed there: nothing it does to private storage from then on comes about. */
function stopAt(step: number): void {
  let steps = 0;
  const acts = [
    [FileSystemDirectoryHandle, ['getDirectoryHandle', 'getFileHandle', 'removeEntry']],
    [FileSystemFileHandle, ['createSyncAccessHandle']],
    [FileSystemSyncAccessHandle, ['truncate', 'write', 'flush', 'close']],
  ] as const;
  for (const [{ prototype }, names] of acts) {
    for (const name of names) {
      const methods = prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
      const method = methods[name];
      methods[name] = function (this: unknown, ...args) {
        steps += 1;
        if (steps < step) return method.apply(this, args);
        if (steps === step) self.postMessage({ id: 0, stopped: name });
        if (prototype === FileSystemSyncAccessHandle.prototype) throw new Error('killed');
        return new Promise(() => {});
      };
    }
  }
}
