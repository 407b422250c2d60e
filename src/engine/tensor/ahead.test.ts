import { expect, test } from 'vitest';
import { ahead } from './ahead.ts';

async function* numbers(made: number[], count: number) {
  for (let i = 0; i < count; i++) {
    made.push(i);
    yield i;
  }
}

const turns = () => new Promise((resolve) => setTimeout(resolve, 2));

test('the first item is made before it is asked for, and no more than one waits', async () => {
  const made: number[] = [];
  const items = ahead(numbers(made, 5));
  await turns();
  expect(made).toEqual([0]);
  expect(await items.next()).toEqual({ done: false, value: 0 });
  await turns();
  expect(made).toEqual([0, 1]);
});

test('all items arrive in order', async () => {
  const seen: number[] = [];
  for await (const item of ahead(numbers([], 4))) seen.push(item);
  expect(seen).toEqual([0, 1, 2, 3]);
});

test('a failure arrives after the items before it', async () => {
  async function* failing() {
    yield 1;
    throw new Error('broken');
  }
  const items = ahead(failing());
  await turns();
  expect((await items.next()).value).toBe(1);
  await expect(items.next()).rejects.toThrow('broken');
});

test('a reader that leaves closes the source', async () => {
  let closed = false;
  async function* endless() {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      closed = true;
    }
  }
  for await (const item of ahead(endless())) if (item === 2) break;
  expect(closed).toBe(true);
});
