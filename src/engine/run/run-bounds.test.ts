/** What a run holds at a time, and how often it reads. */
import { expect, test } from 'vitest';
import { type MemorySink, memorySink } from '../../testing/memory-sink.ts';
import { countingSource } from '../../testing/memory-source.ts';
import { mergeRun } from '../../testing/merge-run.ts';
import { bf16, f32 } from '../../testing/model-file.ts';
import { run } from './run.ts';

/** 1000 values that differ from tensor to tensor and are exact in bf16. */
const wave = (seed: number) => Array.from({ length: 1000 }, (_, i) => ((i * seed) % 61) / 8 - 3);
const family = {
  base: { w: bf16([1000], wave(3)), v: bf16([40, 25], wave(5)) },
  a: { w: bf16([1000], wave(7)), v: bf16([40, 25], wave(11)) },
  b: { w: bf16([1000], wave(13)), v: bf16([40, 25], wave(17)) },
};
const ties = { method: 'ties', values: {} } as const;

test('a tensor that fits is fetched once, though it is measured and mapped', async () => {
  const counters: ReturnType<typeof countingSource>[] = [];
  const { plan, options } = await mergeRun({
    models: family,
    recipe: ties,
    wrap(source) {
      counters.push(countingSource(source));
      return counters.at(-1)!;
    },
  });
  const headers = counters.map((counter) => counter.bytesRead());
  const result = await run(plan, options());
  const [base, a] = counters.map((counter, i) => counter.bytesRead() - headers[i]);
  expect(a).toBe(4000);
  expect(base).toBe(4000); // the comparison with the original has it at hand
  expect(result.bytesRead).toBe(base + 2 * a);
});

test('tiny tensors are read together, each once', async () => {
  const many = (seed: number) =>
    Object.fromEntries(wave(seed).map((value, i) => [`t.${i}`, f32([2], [value, i])]));
  let reads = 0;
  let bytes = 0;
  const { plan, options } = await mergeRun({
    models: { a: many(3), b: many(7) },
    wrap: (source) => ({
      ...source,
      read(...ask) {
        reads += 1;
        bytes += ask[1] - ask[0];
        return source.read(...ask);
      },
    }),
  });
  reads = 0;
  bytes = 0;
  await run(plan, options());
  expect(reads).toBe(2 * Math.ceil(1000 / 256));
  expect(bytes).toBe(2 * 8000);
});

test('no more than two tensors are between their first read and their last write', async () => {
  const count = 8;
  const names = Array.from({ length: count }, (_, i) => `t${i}`);
  const tensors = (seed: number) =>
    Object.fromEntries(names.map((name) => [name, f32([100], wave(seed).slice(0, 100))]));
  const begun = new Set<number>();
  let most = 0;
  let done = 0;
  const sink = memorySink({ delay: 3 });
  const { plan, options } = await mergeRun({
    models: { a: tensors(3), b: tensors(5) },
    wrap: (source, model) => ({
      ...source,
      read(begin, end, signal) {
        const first = source.size - count * 400;
        if (model === 'b' && begin >= first) begun.add(Math.floor((begin - first) / 400));
        most = Math.max(most, begun.size - done);
        return source.read(begin, end, signal);
      },
    }),
  });
  const tensor = () => {
    done += 1;
  };
  await run(plan, options({ sink, budget: 8192, events: { progress: () => {}, tensor } }));
  expect(begun.size).toBe(count);
  expect(most).toBe(2);
});

test('behind a slow sink, what is read and not yet written stays within the budget', async () => {
  const budget = 2 ** 16;
  const long = (seed: number) => f32([20_000], wave(seed));
  let read = 0;
  let written = 0;
  let most = 0;
  const inner = memorySink({ delay: 1 });
  const sink: MemorySink = {
    ...inner,
    async create(name, size) {
      const file = await inner.create(name, size);
      return {
        ...file,
        async write(bytes, at) {
          await file.write(bytes, at);
          written += bytes.length;
        },
      };
    },
  };
  const { plan, options } = await mergeRun({
    models: { a: { w: long(3) }, b: { w: long(5) } },
    wrap: (source, model) => ({
      ...source,
      async read(begin, end, signal) {
        const bytes = await source.read(begin, end, signal);
        if (model === 'b' && begin > 0) read += bytes.length;
        most = Math.max(most, read - written);
        return bytes;
      },
    }),
  });
  await run(plan, options({ sink, budget }));
  expect(read).toBe(80_000);
  expect(most).toBeGreaterThan(0);
  expect(2 * most).toBeLessThanOrEqual(budget / 2); // two planes, in one of two jobs
});
