import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { GgufFrom, GgufResult } from '../engine/protocol.ts';
import type { Engine } from '../stores/engine.ts';
import { ggufOutlook } from '../testing/gguf-outlook.ts';
import { fakeSession } from '../testing/session.ts';
import { cancelGguf, openGguf, writeGguf } from './gguf.ts';

beforeEach(() => {
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
});
afterEach(() => vi.unstubAllGlobals());

const from: GgufFrom = { kind: 'open', model: 'm', name: 'm' };
const result: GgufResult = {
  ...{ name: 'm-Q8_0.gguf', bytes: 10, sha256: 'ab', remarks: [], seconds: 1 },
};

function sessionWith(over: Partial<Engine> = {}) {
  return fakeSession(
    {},
    { ggufOutlook: async () => ggufOutlook, gguf: async () => result, ...over },
  );
}

test('what is chosen is written into a folder of its name, and is told when nobody looks', async () => {
  const asked: unknown[] = [];
  const session = sessionWith({
    async gguf(...ask) {
      asked.push(ask.slice(0, 3));
      return result;
    },
  });
  await openGguf(session, from);
  expect(session.view.getState().dialog).toBe('gguf');
  session.gguf.getState().choose('Q8_0');
  const written = writeGguf(session);
  session.view.getState().close();
  await written;
  expect(asked).toEqual([[from, 'Q8_0', { kind: 'opfs', folder: 'm-Q8_0-gguf' }]]);
  expect(session.gguf.getState()).toMatchObject({ phase: 'done', result });
  expect(session.view.getState().notice?.text).toBe('m-Q8_0.gguf is written.');
});

test('a cancel takes back what was written, and goes back to the choice', async () => {
  const session = sessionWith({
    gguf: (_from, _type, _to, _budget, { signal, onMeasured } = {}) =>
      new Promise((_, reject) => {
        onMeasured?.(1, 4);
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  });
  await openGguf(session, from);
  const written = writeGguf(session);
  await expect.poll(() => session.gguf.getState().share).toBe(0.25);
  // Another model cannot take its place meanwhile.
  await openGguf(session, { ...from, model: 'other' });
  expect(session.gguf.getState()).toMatchObject({ phase: 'writing', from });
  cancelGguf(session);
  await written;
  expect(session.gguf.getState()).toMatchObject({ phase: 'ready', outlook: ggufOutlook, share: 0 });
  expect(session.engine.calls).toContain('discard opfs');
});

test('a refusal is shown with its advice, and nothing of a merge before it is lost', async () => {
  const refused = Object.assign(new Error('found Unigram'), {
    ...{ tag: 'not-for-gguf', context: { advice: 'Save as safetensors.' } },
  });
  const session = sessionWith({ ggufOutlook: () => Promise.reject(refused) });
  session.run.getState().finish({} as never);
  await openGguf(session, from);
  const { phase, failure } = session.gguf.getState();
  expect(phase).toBe('failed');
  expect(failure).toMatchObject({ message: 'found Unigram', advice: 'Save as safetensors.' });
  expect(session.run.getState().phase).toBe('done');
});
