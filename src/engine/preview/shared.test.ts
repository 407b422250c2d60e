import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { Shared } from './shared.ts';

/** Work that ends when it is told to, or when its signal is aborted. */
function held() {
  let finish = (_: number) => {};
  let ended = 0;
  const shared = new Shared<number>(
    (signal) =>
      new Promise((resolve, reject) => {
        finish = resolve;
        signal.addEventListener('abort', () => {
          ended += 1;
          reject(signal.reason);
        });
      }),
  );
  return { shared, finish: (value: number) => finish(value), ended: () => ended };
}

test('who leaves first ends it for nobody else', async () => {
  const { shared, finish, ended } = held();
  const [first, second] = [new AbortController(), new AbortController()];
  const one = shared.wait(first.signal);
  const two = shared.wait(second.signal);
  first.abort();
  await expect(one).rejects.toMatchObject({ name: 'AbortError' });
  expect([ended(), shared.isGivenUp]).toEqual([0, false]);
  finish(7);
  expect(await two).toBe(7);
  second.abort();
  expect(await shared.wait(new AbortController().signal)).toBe(7);
  expect([ended(), shared.isGivenUp]).toEqual([0, false]);
});

test('when the last one leaves it is ended', async () => {
  const { shared, ended } = held();
  const leaving = [new AbortController(), new AbortController()];
  const waits = leaving.map(({ signal }) => shared.wait(signal));
  for (const each of leaving) each.abort();
  for (const wait of waits) await expect(wait).rejects.toMatchObject({ name: 'AbortError' });
  expect([ended(), shared.isGivenUp]).toEqual([1, true]);
});

test('who came too late to wait ends it only where nobody else does', async () => {
  const { shared, finish, ended } = held();
  const other = shared.wait(new AbortController().signal);
  await expect(shared.wait(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  finish(1);
  expect([await other, ended()]).toEqual([1, 0]);
});

test('one signal that waits for a lot has one listener, and ends what is not done', async () => {
  const look = new AbortController();
  const all = Array.from({ length: 20 }, held);
  const waits = all.map(({ shared }) => shared.wait(look.signal));
  expect(getEventListeners(look.signal, 'abort')).toHaveLength(1);
  all[0].finish(3);
  expect(await waits[0]).toBe(3);
  look.abort();
  for (const wait of waits.slice(1)) {
    await expect(wait).rejects.toMatchObject({ name: 'AbortError' });
  }
  expect(all.map(({ ended }) => ended())).toEqual([0, ...new Array(19).fill(1)]);
});
