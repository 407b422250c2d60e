import { expect, test, vi } from 'vitest';
import { cpuBackend } from '../compute/cpu/backend.ts';
import { programs } from '../compute/cpu/programs.ts';
import { emptyRecipe } from '../recipe/defaults.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { orderOf } from '../stores/planning.ts';
import { enginePair, memorySurroundings, noGpu } from '../testing/engine-pair.ts';
import { FakeAuditWorker, FakeKernelWorker } from '../testing/fake-workers.ts';
import { type MemorySink, memorySink } from '../testing/memory-sink.ts';
import { bf16, f32, i64, modelFile } from '../testing/model-file.ts';
import { workerAuditor } from './check/auditor.ts';
import { verifyFileName } from './check/verify.ts';
import { Crew } from './crew/crew.ts';
import { Devices } from './devices/devices.ts';

// Compiling takes a while on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const wave = (seed: number, length: number) =>
  Array.from({ length }, (_, i) => ((i * seed) % 61) / 8 - 3);
const model = (seed: number) =>
  modelFile({
    'model.embed_tokens.weight': bf16([100, 200], wave(seed, 20_000)),
    'model.layers.0.mlp.up_proj.weight': bf16([40, 25], wave(seed + 2, 1000)),
    'model.norm.weight': f32([3], wave(seed, 3)),
    'model.steps': i64([2], [7, 8]),
  });
const files = new Map(['base', 'a', 'b'].map((id, i) => [id, model(3 + 4 * i)]));

/** The files of one merge on a computer with so many kernel workers, asked for as the page does. */
async function merged(recipe: Partial<Recipe>, workers: number, memoryBudget: number) {
  let sink: MemorySink | null = null;
  const label = `CPU (${workers} workers)`;
  const { client, close } = enginePair(
    memorySurroundings(files, {
      devices: new Devices({
        gpu: async () => noGpu,
        cpu: () => cpuBackend(programs, label),
        workers,
      }),
      crew: new Crew(workers, () => new FakeKernelWorker(), programs),
      auditor: () => workerAuditor(() => new FakeAuditWorker()),
      sink: async () => {
        sink = memorySink();
        return sink;
      },
    }),
  );
  const refs = [...files].map(([id, { length: bytes }]) => {
    return { id, name: id, origin: 'local', bytes } as const;
  });
  for (const { id, bytes } of refs) {
    await client.open(id, id, [{ kind: 'url', path: 'model.safetensors', url: id, size: bytes }]);
  }
  const [base, ...experts] = refs;
  const whole: Recipe = {
    ...{ ...emptyRecipe(), base, values: {} },
    experts: experts.map((ref) => ({ model: ref, values: {} })),
    ...recipe,
  };
  const { kind } = await client.device('auto');
  const order = orderOf(whole, kind, 'f'.repeat(64));
  const to = { kind: 'opfs', folder: 'merged' } as const;
  await client.run(order, to, { backend: 'auto', memoryBudget });
  close();
  const { [verifyFileName]: report, ...rest } = Object.fromEntries(sink!.files);
  return { rest, report: JSON.parse(new TextDecoder().decode(report)) };
}

test.each([
  { method: 'dare_ties', values: { seed: 7 } },
  { method: 'ties', trimScope: 'model' },
  { method: 'slerp' },
] satisfies Partial<Recipe>[])(
  '$method gives the same files, byte for byte, whatever the number of workers and the budget',
  async (recipe) => {
    const first = await merged(recipe, 1, 2 ** 30);
    expect(Object.keys(first.rest).sort()).toEqual([
      'README.md',
      'amalgam-recipe.json',
      'model.safetensors',
    ]);
    const card = new TextDecoder().decode(first.rest['README.md']);
    expect(card).toContain('## What is left of each parent');
    expect(first.report.survival.whole.cosines).toHaveLength(2);
    for (const [workers, budget] of [
      [2, 2 ** 30],
      [4, 2 ** 28],
      [2, 400_000],
      [4, 200_000],
    ]) {
      const { rest, report } = await merged(recipe, workers, budget);
      expect(rest).toEqual(first.rest);
      // What the machine was is told in the report, and nowhere else.
      expect(report).toEqual({ ...first.report, backend: `CPU (${workers} workers)` });
    }
  },
);
