import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whenGone } from './when-gone.ts';

type Look = 'there' | 'missing' | 'no storage' | 'in use';

const failed = (name: string) => Promise.reject(new DOMException('', name));

/** What is found each time that somebody looks; the last one for ever after. */
function lookingFinds(...looks: readonly Look[]) {
  let next = 0;
  const getDirectory = async () => {
    const look = looks[Math.min(next++, looks.length - 1)];
    const merge = (name: string) => {
      if (name !== 'merged' || look === 'missing') return failed('NotFoundError');
      return look === 'in use' ? failed('NoModificationAllowedError') : Promise.resolve({});
    };
    const merges = (name: string) =>
      name !== 'merges' || look === 'no storage'
        ? failed('NotFoundError')
        : Promise.resolve({ getDirectoryHandle: merge });
    return { getDirectoryHandle: merges };
  };
  vi.stubGlobal('navigator', { storage: { getDirectory } });
}

/** Looks until it resolves, or so many: how often it looked. */
async function looksUntilGone(most = 20, signal = new AbortController().signal): Promise<number> {
  let isGone = false;
  void whenGone('merged', signal).then(() => {
    isGone = true;
  });
  for (let looks = 1; looks <= most; looks++) {
    await vi.advanceTimersByTimeAsync(2000);
    if (isGone) return looks;
  }
  return Number.POSITIVE_INFINITY;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each<[string, readonly Look[], number]>([
  ['the second time that it is missed', ['there', 'missing'], 3],
  ['once all of private storage is gone', ['there', 'there', 'no storage'], 4],
  ['not when it was missed once', ['there', 'missing', 'there', 'missing', 'there'], Infinity],
  ['not before it was there', ['missing'], Infinity],
  ['later, when it took a while to come', ['missing', 'missing', 'there', 'missing'], 5],
  ['not when it cannot be looked at', ['there', 'in use'], Infinity],
])('a merge is taken to be gone %s', async (_, looks, expected) => {
  lookingFinds(...looks);
  expect(await looksUntilGone()).toBe(expected);
});

test('an abort ends the looking', async () => {
  lookingFinds('there');
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 5000);
  expect(await looksUntilGone(20, stop.signal)).toBe(3);
});
