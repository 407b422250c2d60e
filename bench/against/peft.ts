/**
 * An svd merge of two adapters by the engine and by the real PEFT, on the same files: time, and whether B·A agree.
 * Optional: it needs Python with torch and peft.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cpuBackend } from '../../src/compute/cpu/backend.ts';
import { inlineAuditor } from '../../src/engine/check/auditor.ts';
import { Library } from '../../src/engine/library/library.ts';
import { run } from '../../src/engine/run/run.ts';
import { readHeader } from '../../src/formats/safetensors/header.ts';
import { decode } from '../../src/numerics/decode.ts';
import type { FloatDtype } from '../../src/numerics/dtype.ts';
import { plan } from '../../src/plan/plan.ts';
import { emptyRecipe } from '../../src/recipe/defaults.ts';
import { memorySource } from '../../src/testing/memory-source.ts';
import { refTo } from '../../src/testing/model.ts';
import { diskSink } from '../disk-sink.ts';
import { type Row, rounded, type Table } from '../part.ts';

const cache = resolve('node_modules/.cache/against/peft');
const python =
  process.env['AGAINST_PYTHON'] ?? resolve('node_modules/.cache/against/venv/bin/python');
const [side, rank] = [2048, 64];

export async function measurePeft(): Promise<Table> {
  const title = `Two adapters of rank ${rank} on ${side} × ${side} to one of that rank, and PEFT’s svd on the same files`;
  if (!existsSync(python)) {
    const remark = `Left out: there is no Python at ${python}; bench/README.md says how to get it.`;
    return { title, rows: [], remarks: [remark] };
  }
  mkdirSync(cache, { recursive: true });
  const words = [resolve('bench/against/peft_svd.py'), cache, String(side), String(rank)];
  const { stdout } = await promisify(execFile)(python, words);
  const theirs = JSON.parse(stdout.trim().split('\n').at(-1)!);
  await ours(); // compiles
  const taken = await ours();
  const wanted = (await tensorsOf(join(cache, 'theirs.safetensors'))).get('product')!;
  const rows: Row[] = [
    {
      by: `PEFT ${theirs.peft}, torch ${theirs.torch}, ${theirs.threads} threads`,
      seconds: rounded(theirs.seconds),
      'processor s': rounded(theirs.processor),
    },
    { by: 'the engine, one thread', ...taken.row },
  ];
  const times = (of: 'seconds' | 'processor s') =>
    rounded(Number(rows[0][of]) / Number(rows[1][of]));
  const remarks = [
    `${times('seconds')} times as fast, ${times('processor s')} times by processor time. PEFT: the merge alone, in memory;`,
    'the engine: from the plan to the adapter written, read back and verified.',
    `B·A apart: ${distance(taken.product, wanted).toExponential(1)} of its norm.`,
  ];
  return { title, rows, remarks };
}

async function ours() {
  const library = new Library();
  const experts = await Promise.all(
    ['one', 'two'].map((name) => {
      const folder = join(cache, name);
      // PEFT makes a folder of its own in it for an adapter that has a name.
      const files = readdirSync(folder).filter((file) => /\.(?:json|safetensors)$/.test(file));
      const read = (file: string) =>
        memorySource(`${name}/${file}`, readFileSync(join(folder, file)));
      return library.open(name, name, files.map(read));
    }),
  );
  const began = performance.now();
  const computed = process.cpuUsage();
  const made = plan({
    recipe: {
      ...{ ...emptyRecipe(), method: 'task_arithmetic', values: { lambda: 1 } },
      experts: experts.map((model) => ({ model: refTo(model), values: { weight: 0.5 } })),
      output: {
        ...emptyRecipe().output,
        as: 'adapter',
        rank: { kind: 'rank', rank, convolutions: null },
        dtype: 'F32',
      },
    },
    models: library.models(),
    recipeHash: 'bench',
    producer: { version: '0', backend: 'cpu' },
  });
  if (!('plan' in made)) throw new Error(made.findings[0].message);
  const folder = join(cache, 'ours');
  rmSync(folder, { recursive: true, force: true });
  const result = await run(made.plan, {
    ...{ sources: library, sink: diskSink(folder), backend: cpuBackend(), crew: null },
    ...{ budget: 2 ** 29, signal: new AbortController().signal, auditor: inlineAuditor() },
    fallback: { renew: async () => null, cpu: () => cpuBackend() },
    events: { progress: () => {}, tensor: () => {} },
  });
  if (!result.verify.ok) throw new Error(result.verify.problems.join('; '));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(computed);
  const row = { seconds: rounded(seconds), 'processor s': rounded((user + system) / 1e6) };
  const tensors = await tensorsOf(join(folder, 'adapter_model.safetensors'));
  const named = (part: string) => [...tensors].find(([name]) => name.includes(part))![1];
  return { row, product: product(named('lora_B'), named('lora_A')) };
}

async function tensorsOf(path: string): Promise<ReadonlyMap<string, Float32Array>> {
  const source = memorySource(path, readFileSync(path));
  const { tensors } = await readHeader(source);
  const read = tensors.map(async ({ name, dtype, begin, end, shape }) => {
    const values = new Float32Array(shape.reduce((count, size) => count * size, 1));
    decode(await source.read(begin, end), dtype as FloatDtype, values);
    return [name, values] as const;
  });
  return new Map(await Promise.all(read));
}

function product(b: Float32Array, a: Float32Array): Float64Array {
  const out = new Float64Array(side * side);
  for (let i = 0; i < side; i++) {
    for (let k = 0; k < rank; k++) {
      const factor = b[i * rank + k];
      for (let j = 0; j < side; j++) out[i * side + j] += factor * a[k * side + j];
    }
  }
  return out;
}

function distance(one: Float64Array, other: Float32Array): number {
  let apart = 0;
  let norm = 0;
  for (let i = 0; i < one.length; i++) {
    apart += (one[i] - other[i]) ** 2;
    norm += other[i] ** 2;
  }
  return Math.sqrt(apart / norm);
}
