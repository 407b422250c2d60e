import type { Handle, Progress, RunResult } from '../engine/protocol.ts';
import type { Model } from '../formats/model.ts';
import { factsOf } from '../formats/model-facts.ts';
import { prospectOf } from '../plan/outlook.ts';
import { plan } from '../plan/plan.ts';
import { Table } from '../plan/table.ts';
import type { Engine } from '../stores/engine.ts';

/** The weight file of a fake model. */
export const fakeWeights: readonly Handle[] = [
  { kind: 'url', path: 'model.safetensors', url: 'weights', size: 228 },
];

/** Two small tensors in the handle's weight file: what `open` reads unless told otherwise. */
export function fakeModel(id: string, name: string, handles: readonly Handle[]): Model {
  const files = handles
    .filter((handle) => handle.path.endsWith('.safetensors'))
    .map((handle) => ({
      name: handle.path,
      size: handle.kind === 'file' ? handle.file.size : handle.size,
      component: '',
    }));
  const tensors = new Map(
    ['model.embed_tokens.weight', 'model.layers.0.mlp.up_proj.weight'].map((tensor, i) => [
      tensor,
      {
        name: tensor,
        dtype: 'BF16' as const,
        shape: [4, 8],
        file: 0,
        begin: 100 + 64 * i,
        end: 164 + 64 * i,
      },
    ]),
  );
  return { id, name, files, tensors, config: null, ...unknown, metadata: {} };
}

/** What a model without small files has. */
const unknown = {
  components: [{ name: '', config: null }],
  companions: [],
  leftOut: [],
  remarks: [],
  adapter: null,
  quantised: { read: [], unreadable: [], leftOut: [], declared: null },
};

const none = new Uint32Array();

export const fakeProgress: Progress = {
  phase: 'merging',
  tensor: '',
  tensorsDone: 0,
  tensorsTotal: 2,
  bytesDone: 0,
  bytesTotal: 228,
  throughput: 0,
  eta: null,
  downloaded: 0,
  waiting: null,
  cells: { changed: none, unchanged: none, copied: none, written: none, noted: none },
  cell: null,
  remarks: [],
};

export const fakeResult: RunResult = {
  verify: {
    ok: true,
    problems: [],
    remarks: [],
    files: [{ name: 'model.safetensors', size: 228, sha256: 'ab'.repeat(32) }],
    tensors: 2,
    tensorsChanged: 2,
    nan: 0,
    infinite: 0,
    saturated: 0,
    proof: null,
  },
  tensors: [],
  seconds: 0.5,
  bytesRead: 512,
  bytesWritten: 228,
  backend: 'CPU (2 workers)',
};

/** An engine that answers at once; override what a test is about. `calls` lists what was asked. */
export function fakeEngine(over: Partial<Engine> = {}): Engine & { readonly calls: string[] } {
  const calls: string[] = [];
  const models = new Map<string, Model>();
  return {
    calls,
    async open(modelId, name, handles) {
      calls.push(`open ${modelId}`);
      const model = fakeModel(modelId, name, handles);
      models.set(modelId, model);
      return factsOf(model);
    },
    async close(modelId) {
      calls.push(`close ${modelId}`);
      models.delete(modelId);
    },
    plan: async (order) => prospectOf(plan({ ...order, models }), models),
    energy: async () => null,
    matches: async () => [],
    readyToSee: async () => {},
    conflicts: async () => null,
    closeUp: async () => null,
    patch: async () => null,
    changes: async () => null,
    survival: async () => null,
    difference: async () => Promise.reject(new Error('there is nothing to compare here')),
    outcome: async () => null,
    excerpt: async () => null,
    score: async () => ({ toFetch: 0 }),
    survey: async () => null,
    surveyPart: async () => null,
    async rows(order, window) {
      const planned = plan({ ...order, models });
      return new Table('plan' in planned ? planned.plan.jobs : []).rows(window);
    },
    async access({ hubUrl, token }) {
      calls.push(`access ${hubUrl}${token === null ? '' : ' with a token'}`);
    },
    cache: async () => 0,
    ggufOutlook: async () => Promise.reject(new Error('nothing is written as GGUF here')),
    tokens: async () => Promise.reject(new Error('there are no tokens here')),
    gguf: async () => Promise.reject(new Error('nothing is written as GGUF here')),
    publish: async () => Promise.reject(new Error('there is no Hub here')),
    async device(choice) {
      calls.push(`device ${choice}`);
      return {
        kind: 'cpu',
        label: 'CPU (2 workers)',
        reason: 'This browser offers no WebGPU.',
        webgpu: 'none',
        adapter: null,
        limits: null,
        workers: 2,
      };
    },
    names: async () => [],
    async run({ recipe }) {
      calls.push(`run ${recipe.method}`);
      return fakeResult;
    },
    leftovers: async () => [],
    async removeLeftovers() {
      calls.push('removeLeftovers');
    },
    async discard(destination) {
      calls.push(`discard ${destination.kind}`);
    },
    unfinishedIn: async () => [],
    finished: async () => [],
    freeName: async (name) => name,
    files: async () => [
      { path: 'model.safetensors', file: new File(['weights'], 'model.safetensors') },
    ],
    async removeFinished(folder) {
      calls.push(`removeFinished ${folder}`);
    },
    zip: async () => new Blob(['zip']),
    ...over,
  };
}
