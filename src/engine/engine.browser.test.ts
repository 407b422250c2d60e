import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listUnfinished, mergesFolder, removeMerge } from '../io/stored-merges.ts';
import { mergeRun, writtenTensor } from '../testing/merge-run.ts';
import { bf16, modelFile } from '../testing/model-file.ts';
import { type EngineClient, startEngine } from './client.ts';
import type { BackendChoice, Handle, Progress } from './protocol.ts';
import { run } from './run/run.ts';

const wave = (seed: number) => Array.from({ length: 4099 }, (_, i) => ((i * seed) % 61) / 8 - 3);
const models = {
  base: { u: bf16([4099], wave(3)), v: bf16([4099], wave(5)) },
  a: { u: bf16([4099], wave(7)), v: bf16([4099], wave(11)) },
  b: { u: bf16([4099], wave(13)), v: bf16([4099], wave(17)) },
};
const folder = 'engine-test';
const destination = { kind: 'opfs', folder } as const;

function handlesOf(id: keyof typeof models): readonly Handle[] {
  const file = new File([modelFile(models[id])], 'model.safetensors');
  return [{ kind: 'file', path: 'model.safetensors', file }];
}

const optionsFor = (backend: BackendChoice) => ({ backend, memoryBudget: 2 ** 28 }) as const;

let engine: EngineClient;
beforeEach(async () => {
  engine = startEngine();
  for (const id of ['base', 'a', 'b'] as const) await engine.open(id, id, handlesOf(id));
});
afterEach(async () => {
  engine.stop();
  await removeMerge(folder);
});

async function expectedRun() {
  const { order, plan, options } = await mergeRun({ models, recipe: { method: 'ties' } });
  const all = options();
  await run(plan, all);
  return { order, plan, sink: all.sink };
}

describe('the engine in a worker', () => {
  test.each(['cpu', 'webgpu'] as const)('%s: merges files into private storage', async (choice) => {
    const { order, plan, sink } = await expectedRun();
    const progress: Progress[] = [];
    const onProgress = (each: Progress) => progress.push(each);
    const result = await engine.run(order, destination, optionsFor(choice), { onProgress });
    expect(result.verify.problems).toEqual([]);
    expect(result.tensors.map(({ backend }) => backend)).toEqual([choice, choice]);
    const files = new Map((await engine.files(folder)).map(({ path, file }) => [path, file]));
    expect([...files.keys()].sort()).toEqual([...sink.files.keys()].sort());
    const bytes = new Uint8Array(await files.get('model.safetensors')!.arrayBuffer());
    const header = plan.files[0].header.length;
    expect(bytes.slice(header, header + 8198)).toEqual(writtenTensor(plan, sink, 'u'));
    expect(progress.length).toBeGreaterThan(0);
  });

  test('reads models in private storage where they lie, and lets go of them', async () => {
    const { order, sink } = await expectedRun();
    const root = await navigator.storage.getDirectory();
    for (const id of ['base', 'a', 'b'] as const) {
      const handle = await root.getFileHandle(id, { create: true });
      const writable = await handle.createWritable();
      await writable.write(modelFile(models[id]));
      await writable.close();
      const { size } = await handle.getFile();
      await engine.open(id, id, [{ kind: 'stored', path: 'model.safetensors', handle, size }]);
    }
    await engine.run(order, destination, optionsFor('cpu'));
    const written = (await engine.files(folder)).find(({ path }) => path === 'model.safetensors');
    const bytes = new Uint8Array(await written!.file.arrayBuffer());
    expect(bytes).toEqual(sink.files.get('model.safetensors'));
    // Whoever still holds a file keeps it from being removed.
    for (const id of ['base', 'a', 'b']) await root.removeEntry(id);
  });

  test('says which backend it would use', async () => {
    const report = await engine.device('auto');
    expect(report.workers).toBeGreaterThan(0);
    expect(report.reason).toMatch(report.webgpu === 'hardware' ? /^WebGPU/ : /^The CPU/);
  });

  test('packs and forgets a finished run', async () => {
    const { order, plan } = await expectedRun();
    await engine.run(order, destination, optionsFor('cpu'));
    expect(await engine.finished()).toMatchObject([{ folder, verified: true }]);
    const zip = await engine.zip(folder);
    expect(zip.size).toBeGreaterThan(plan.bytesToWrite);
    await engine.removeFinished(folder);
    expect(await engine.finished()).toEqual([]);
  });

  test('a cancelled run leaves nothing behind', async () => {
    const { order } = await expectedRun();
    const stop = new AbortController();
    const running = engine.run(order, destination, optionsFor('cpu'), { signal: stop.signal });
    setTimeout(() => stop.abort(), 5);
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    await expect
      .poll(async () => (await mergesFolder()).keys().next())
      .toMatchObject({ done: true });
    expect(await listUnfinished()).toEqual([]);
  });

  test('what an interrupted run left is listed and removed; a finished one stays', async () => {
    const { order } = await expectedRun();
    await engine.run(order, destination, optionsFor('cpu'));
    const merges = await mergesFolder();
    await merges.getDirectoryHandle(`${folder}.partial`, { create: true });
    expect(await engine.leftovers()).toEqual([{ folder: `${folder}.partial`, bytes: 0 }]);
    await engine.discard(destination);
    await engine.removeLeftovers();
    expect(await engine.leftovers()).toEqual([]);
    expect(await engine.finished()).toMatchObject([{ folder }]);
  });
});
