import { WriteError } from '../io/errors.ts';
import { opfsSink } from '../io/opfs.ts';
import type { Sink, SinkFile } from '../io/sink.ts';
import { zipRun } from '../io/zip.ts';

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
  | { readonly kind: 'commit'; readonly folder: string }
  | { readonly kind: 'abort'; readonly folder: string }
  | { readonly kind: 'zip'; readonly folder: string; readonly stopAfter?: number };

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
      return sinks.get(call.folder)!.commit();
    case 'abort':
      return sinks.get(call.folder)!.abort();
    case 'zip':
      return zip(call.folder, call.stopAfter);
  }
}

/** Aborts once `stopAfter` bytes are packed. */
async function zip(folder: string, stopAfter = Number.POSITIVE_INFINITY) {
  const stop = new AbortController();
  const progress: (readonly [number, number])[] = [];
  const file = await zipRun(folder, {
    signal: stop.signal,
    onProgress: (done, total) => {
      progress.push([done, total]);
      if (done >= stopAfter) stop.abort();
    },
  });
  return { file, progress };
}
