/**
 * Adapters merged into a model beside a plain merge of as many models: the app's engine on one core, from planned to
 * verified, written to this disk. Models are one tile of weights over and over; adapters are whole.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '../src/compute/backend.ts';
import { cpuBackend } from '../src/compute/cpu/backend.ts';
import { inlineAuditor } from '../src/engine/check/auditor.ts';
import { Library } from '../src/engine/library/library.ts';
import { run } from '../src/engine/run/run.ts';
import { layOut, type TensorSpec } from '../src/formats/safetensors/write.ts';
import type { Source } from '../src/io/source.ts';
import { plan } from '../src/plan/plan.ts';
import { emptyRecipe } from '../src/recipe/defaults.ts';
import { refTo } from '../src/testing/model.ts';
import { diskSink } from './disk-sink.ts';
import { type Row, rounded, type Table } from './part.ts';
import { weightsOf } from './synthetic.ts';

/** The seven modules of a layer of a model of one billion parameters; it has 22 layers. */
const layer: readonly (readonly [name: string, outputs: number, inputs: number])[] = [
  ['self_attn.q_proj', 2048, 2048],
  ['self_attn.k_proj', 256, 2048],
  ['self_attn.v_proj', 256, 2048],
  ['self_attn.o_proj', 2048, 2048],
  ['mlp.gate_proj', 5632, 2048],
  ['mlp.up_proj', 5632, 2048],
  ['mlp.down_proj', 2048, 5632],
];
const rank = 16;
const budget = 2 ** 29;
const { signal } = new AbortController();

/** `most` layers besides, where it is more; without a backend on the CPU. */
export async function measureBaked(
  layers: number,
  most: number,
  backend: Backend = cpuBackend(),
): Promise<Table> {
  const rows: Row[] = [];
  for (const method of ['linear', 'ties'] as const) {
    for (const experts of ['models', 'adapters'] as const) {
      rows.push(await measureRun(method, experts, layers, backend));
    }
  }
  // Again with more layers: memory has to stay.
  if (most > layers) rows.push(await measureRun('linear', 'adapters', most, backend));
  return {
    title: `Two models merged, and two adapters of rank ${rank} into their base, BF16, one thread, ${backend.label}`,
    rows,
    remarks: [
      'Layers of seven modules, as a model of 1 B has 22. “verifying” is the end of it: what is read back last, and the',
      'proof of adapters. Memory is the highest resident less that before, under a budget of 512 MiB.',
    ],
  };
}

async function measureRun(
  method: 'linear' | 'ties',
  experts: 'models' | 'adapters',
  layers: number,
  backend: Backend,
): Promise<Row> {
  const library = new Library();
  const base = await library.open('base', 'base', [modelSource('base', 0, layers)]);
  const others = await Promise.all(
    [1, 2].map((n) => {
      const id = `${experts}-${n}`;
      return library.open(
        id,
        id,
        experts === 'models' ? [modelSource(id, n, layers)] : adapterSources(id, n, layers),
      );
    }),
  );
  const planned = plan({
    recipe: {
      ...{ ...emptyRecipe(), method },
      base: refTo(base),
      experts: others.map((model) => ({
        model: refTo(model),
        values: method === 'linear' ? {} : { density: 0.5 },
      })),
    },
    models: library.models(),
    recipeHash: 'bench',
    producer: { version: '0', backend: 'cpu' },
  });
  if (!('plan' in planned)) throw new Error(planned.findings[0].message);
  const sink = diskSink(mkdtempSync(join(tmpdir(), 'amalgam-bench-')));
  const began = performance.now();
  const computed = process.cpuUsage();
  const before = process.memoryUsage.rss();
  let peak = before;
  const look = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 50);
  let verifying = began;
  const result = await run(planned.plan, {
    ...{ sources: library, sink, backend, crew: null, budget, signal },
    fallback: { renew: async () => null, cpu: () => cpuBackend() },
    auditor: inlineAuditor(),
    events: {
      progress: ({ phase }) => {
        peak = Math.max(peak, process.memoryUsage.rss());
        if (phase !== 'verifying') verifying = performance.now();
      },
      tensor: () => {},
    },
  });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(computed);
  clearInterval(look);
  await sink.abort();
  if (!result.verify.ok) throw new Error(result.verify.problems.join('; '));
  const elements = planned.plan.share.total;
  return {
    merge: `${method} of two ${experts}`,
    layers,
    'M elements': rounded(elements / 1e6),
    seconds: rounded(seconds),
    'processor s': rounded((user + system) / 1e6),
    'M elements/s': rounded(elements / 1e6 / seconds),
    'read MB': rounded(result.bytesRead / 1e6),
    'verifying s': rounded((performance.now() - verifying) / 1000),
    'proven elements': result.verify.proof?.elements ?? null,
    'of them near': result.verify.proof?.near ?? null,
    'MiB added': rounded((peak - before) / 2 ** 20),
  };
}

const tiles = new Map<number, Uint8Array<ArrayBuffer>>();

/** Weights of a model, made once. */
function tileOf(seed: number): Uint8Array<ArrayBuffer> {
  const tile = tiles.get(seed) ?? weightsOf(seed, 2 ** 22, 'BF16');
  tiles.set(seed, tile);
  return tile;
}

const nameOf = (n: number, module: string) => `model.layers.${n}.${module}`;

function modelSource(id: string, seed: number, layers: number): Source {
  const specs = Array.from({ length: layers }, (_, n) =>
    layer.map(([module, outputs, inputs]): TensorSpec => {
      return { name: `${nameOf(n, module)}.weight`, dtype: 'BF16', shape: [outputs, inputs] };
    }),
  );
  return tiled(`${id}/model.safetensors`, specs.flat(), tileOf(seed));
}

function adapterSources(id: string, seed: number, layers: number): readonly Source[] {
  const specs = Array.from({ length: layers }, (_, n) =>
    layer.flatMap(([module, outputs, inputs]): TensorSpec[] => {
      const name = `base_model.model.${nameOf(n, module)}`;
      return [
        { name: `${name}.lora_A.weight`, dtype: 'BF16', shape: [rank, inputs] },
        { name: `${name}.lora_B.weight`, dtype: 'BF16', shape: [outputs, rank] },
      ];
    }),
  );
  const config = { peft_type: 'LORA', r: rank, lora_alpha: rank };
  const targets = { target_modules: layer.map(([module]) => module.split('.')[1]) };
  const text = new TextEncoder().encode(JSON.stringify({ ...config, ...targets }));
  return [
    tiled(`${id}/adapter_model.safetensors`, specs.flat(), tileOf(seed)),
    {
      name: `${id}/adapter_config.json`,
      size: text.length,
      read: async (begin, end) => text.slice(begin, end),
    },
  ];
}

/** A file whose tensors are one tile over and over, without holding it. */
function tiled(name: string, specs: readonly TensorSpec[], tile: Uint8Array): Source {
  const { header, byteLength } = layOut(specs);
  return {
    ...{ name, size: byteLength, instant: true },
    async read(begin, end, _signal, into) {
      const bytes = into ?? new Uint8Array(end - begin);
      for (let at = begin; at < end; ) {
        const inHeader = at < header.length;
        const from = inHeader ? at : (at - header.length) % tile.length;
        const part = (inHeader ? header : tile).subarray(from, from + end - at);
        bytes.set(part, at - begin);
        at += part.length;
      }
      return bytes;
    },
  };
}
