import { expect, test, vi } from 'vitest';
import { lastWins } from './last-wins.ts';

test('of what is wanted while it is busy only the last is done', async () => {
  const done: number[] = [];
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const ask = lastWins(async (n: number) => {
    if (n === 1) await held;
    done.push(n);
  });
  for (const n of [1, 2, 3]) ask(n);
  expect(done).toEqual([]);
  letGo();
  await new Promise((resolve) => setTimeout(resolve));
  expect(done).toEqual([1, 3]);
  ask(4);
  await new Promise((resolve) => setTimeout(resolve));
  expect(done).toEqual([1, 3, 4]);
});

test('work that outlives its patience is aborted once something else is wanted, quick work is not', async () => {
  const ended: string[] = [];
  const ask = lastWins(async ([name, takes]: readonly [string, number], { signal }) => {
    await new Promise((resolve) => {
      setTimeout(resolve, takes);
      signal.addEventListener('abort', resolve);
    });
    ended.push(signal.aborted ? `${name} aborted` : name);
  }, 100);
  ask(['quick', 10]);
  ask(['slow', 60_000]);
  await vi.waitFor(() => expect(ended).toEqual(['quick']));
  await new Promise((resolve) => setTimeout(resolve, 150));
  // Nothing else is wanted.
  expect(ended).toEqual(['quick']);
  ask(['last', 0]);
  await vi.waitFor(() => expect(ended).toEqual(['quick', 'slow aborted', 'last']));
});
