import { expect, it } from 'vitest';
import { inOrder } from './in-order.ts';

const later = (turns: number) => new Promise((resolve) => setTimeout(resolve, turns * 5));

it('yields results in the order of the items, whoever is done first', async () => {
  const start = async (turns: number) => {
    await later(turns);
    return -turns;
  };
  const seen: (readonly [number, number])[] = [];
  for await (const pair of inOrder([3, 1, 2], start, 3)) seen.push(pair);
  expect(seen).toEqual([
    [3, -3],
    [1, -1],
    [2, -2],
  ]);
});

it('has at most as many begun as the window is wide', async () => {
  let running = 0;
  let most = 0;
  const start = async () => {
    most = Math.max(most, ++running);
    await later(1);
    running--;
  };
  for await (const _ of inOrder(Array(10).keys(), start, 4)) expect(running).toBeLessThanOrEqual(4);
  expect(most).toBe(4);
});

it('throws the first failure and closes the items', async () => {
  let closed = false;
  async function* items() {
    try {
      for (let i = 0; i < 10; i++) yield i;
    } finally {
      closed = true;
    }
  }
  const start = async (i: number) => {
    if (i >= 1) throw new Error(`item ${i}`);
    return i;
  };
  const seen: number[] = [];
  const walk = async () => {
    for await (const [item] of inOrder(items(), start, 3)) seen.push(item);
  };
  await expect(walk()).rejects.toThrow('item 1');
  expect(seen).toEqual([0]);
  expect(closed).toBe(true);
});
