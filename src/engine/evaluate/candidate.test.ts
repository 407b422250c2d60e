import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { mergeRun } from '../../testing/merge-run.ts';
import { bf16, f32 } from '../../testing/model-file.ts';
import { run } from '../run/run.ts';
import { candidate, mostBytes } from './candidate.ts';

const cpu = () => ({
  backend: definitionBackend(),
  fallback: { renew: async () => null, cpu: definitionBackend },
  ...{ budget: 2 ** 24, release() {} },
});

async function twoModels() {
  return mergeRun({
    models: {
      one: { 'a.weight': f32([2, 3], [1, 2, 3, 4, 5, 6]), 'b.bias': bf16([3], [1, 1, 1]) },
      two: { 'a.weight': f32([2, 3], [3, 2, 1, 0, -1, -2]), 'b.bias': bf16([3], [3, 5, 7]) },
    },
  });
}

test('has the bytes of the file that a run would write, and the tensors of the average', async () => {
  const { plan, library, options } = await twoModels();
  const written = options();
  await run(plan, written);
  const signal = new AbortController().signal;
  const { model, sources } = await candidate(plan, {
    ...{ ...cpu(), sources: library, signal },
  });
  const source = sources.weights('candidate', 0);
  expect(await source.read(0, source.size)).toEqual(written.sink.files.get('model.safetensors'));
  const { begin, end } = model.tensors.get('a.weight') as { begin: number; end: number };
  const bytes = await source.read(begin, end);
  expect([...new Float32Array(bytes.buffer)]).toEqual([2, 2, 2, 2, 2, 2]);
});

test('refuses what does not fit into memory, and says how large it is', async () => {
  const { plan, library } = await twoModels();
  const signal = new AbortController().signal;
  const made = candidate(
    { ...plan, bytesToWrite: mostBytes + 2 ** 20 },
    { ...cpu(), sources: library, signal },
  );
  await expect(made).rejects.toThrow('This merge has 1025 MiB; up to 1024 MiB are merged');
});

test('ends when it is aborted', async () => {
  const { plan, library } = await twoModels();
  const signal = AbortSignal.abort();
  const made = candidate(plan, { ...cpu(), sources: library, signal });
  await expect(made).rejects.toMatchObject({ name: 'AbortError' });
});
