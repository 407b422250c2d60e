import { definitionBackend } from '../compute/cpu/definition.ts';
import { inlineAuditor } from '../engine/check/auditor.ts';
import type { EnginePort } from '../engine/client.ts';
import { EngineClient } from '../engine/client.ts';
import { Devices, type GpuFound } from '../engine/devices/devices.ts';
import { Traffic } from '../engine/library/traffic.ts';
import { type Remote, type Storage, type Surroundings, serve } from '../engine/serve.ts';
import { memorySink } from './memory-sink.ts';
import { memorySource } from './memory-source.ts';

/** No GPU anywhere. */
export const noGpu: GpuFound = {
  kind: 'none',
  adapter: null,
  limits: null,
  reason: 'This browser has no WebGPU.',
  backend: null,
};

export const emptyStorage: Storage = {
  unfinished: async () => [],
  unfinishedIn: async () => [],
  discard: async () => {},
  finished: async () => [],
  freeName: async (name) => name,
  written: async () => [],
  zip: async () => new Blob(),
  remove: async () => {},
};

/** A network on which nothing is. */
export const noRemote = (): Remote => ({
  access() {},
  cached: async () => 0,
  async clearCache() {},
  async makeRoom() {},
  publish: async () => Promise.reject(new Error('there is no Hub here')),
  traffic: new Traffic(),
});

/** Everything in memory: URL handles name entries of `files`. */
export function memorySurroundings(
  files: ReadonlyMap<string, Uint8Array>,
  over: Partial<Surroundings> = {},
): Surroundings {
  const devices = new Devices({
    gpu: async () => noGpu,
    cpu: () => definitionBackend(),
    workers: 0,
  });
  return {
    devices,
    source(handle) {
      if (handle.kind !== 'url') throw new Error('only URL handles work here');
      return memorySource(handle.path, files.get(handle.url)!);
    },
    remote: noRemote(),
    crew: null,
    auditor: inlineAuditor,
    sink: async () => memorySink(),
    storage: emptyStorage,
    locked: (work) => work(),
    ...over,
  };
}

type CrashablePort = EnginePort & { crash(message: string): void };

/** A client and an engine that talk through message channels, as page and worker do. */
export function enginePair(
  surroundings: Surroundings,
  options: ConstructorParameters<typeof EngineClient>[1] = {},
) {
  const ports: CrashablePort[] = [];
  const heard: unknown[] = [];
  const client = new EngineClient(() => {
    const { port1, port2 } = new MessageChannel();
    const hear = serve((event) => port2.postMessage(event), surroundings);
    port2.addEventListener('message', (message) => {
      heard.push(message.data);
      hear(message.data);
    });
    port2.start();
    port1.start();
    const errors = new EventTarget();
    const port: CrashablePort = {
      postMessage: (message) => port1.postMessage(message),
      addEventListener(type: string, listener: (event: never) => void) {
        const target = type === 'message' ? port1 : errors;
        target.addEventListener(type, listener as EventListener);
      },
      terminate() {
        port1.close();
        port2.close();
      },
      crash(message) {
        errors.dispatchEvent(Object.assign(new Event('error'), { message }));
      },
    };
    ports.push(port);
    return port;
  }, options);
  return {
    client,
    /** Requests as the engine received them. */
    heard,
    /** One for each engine that was started. */
    ports,
    close() {
      for (const port of ports) port.terminate();
    },
  };
}
