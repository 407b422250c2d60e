import { expect, test } from 'vitest';
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
