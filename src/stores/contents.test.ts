import { describe, expect, test, vi } from 'vitest';
import type { Handle } from '../engine/protocol.ts';
import { contentsOf } from './contents.ts';

const SIZE = 400_000; // above what the fingerprint reads whole
/** Between two samples. */
const unsampled = 5000;

const ref = { id: 'm', name: 'm', origin: 'local', bytes: SIZE } as const;

function handlesOf(at: number | null, { edited = 1, folder = 'here', config = '{}' } = {}) {
  const bytes = new Uint8Array(SIZE).fill(7);
  if (at !== null) bytes[at] = 8;
  const weights = new File([bytes], 'model.safetensors', { lastModified: edited });
  const files = { 'model.safetensors': weights, 'notes.json': new File([config], 'notes.json') };
  return Object.entries(files).map(
    ([name, file]): Handle => ({ kind: 'file', path: `${folder}/${name}`, file }),
  );
}

const facts = (digest: string) => ({
  files: [{ name: 'model.safetensors', size: SIZE, component: '' }],
  companions: [{ name: 'notes.json', size: 2, digests: [digest], text: null }],
});

const of = (handles: readonly Handle[], digest = 'sha256:a') =>
  contentsOf(ref, handles, facts(digest), null);

describe('a model of this computer is', () => {
  test('the same in another folder under another name', async () => {
    expect(await of(handlesOf(null, { folder: 'there' }))).toBe(await of(handlesOf(null)));
  });

  test('another one where its weights are others', async () => {
    expect(await of(handlesOf(0))).not.toBe(await of(handlesOf(null)));
  });

  test('another one where its file was replaced, even by one with equal samples', async () => {
    const replaced = await of(handlesOf(unsampled, { edited: 2 }));
    expect(replaced).not.toBe(await of(handlesOf(null, { edited: 1 })));
  });

  test('another one where a small file says something else', async () => {
    expect(await of(handlesOf(null), 'sha256:b')).not.toBe(await of(handlesOf(null)));
  });

  test('equal to nothing where its weights are not there to be read', async () => {
    const without = handlesOf(null).slice(1);
    expect(await of(without)).not.toBe(await of(without));
  });

  test('equal to nothing where the page has no means to tell', async () => {
    vi.stubGlobal('crypto', {});
    expect(await of(handlesOf(null))).not.toBe(await of(handlesOf(null)));
    vi.unstubAllGlobals();
  });
});

test('a model of the Hub is known by its commit', async () => {
  const at = (commit: string) => {
    const hub = { repo: 'a/b', commit, weights: 'model.safetensors' };
    return contentsOf({ ...ref, origin: 'hub', hub }, [], facts('git:1'), null);
  };
  expect(await at('c0')).toBe(await at('c0'));
  expect(await at('c1')).not.toBe(await at('c0'));
});

test('a model of the demo is known by the table of contents of its family', async () => {
  const handles: Handle[] = [{ kind: 'url', path: 'a', url: 'http://x/base/a', size: 1 }];
  const of = (family: unknown) =>
    contentsOf({ ...ref, origin: 'demo' }, handles, facts('sha256:a'), family);
  expect(await of({ accuracy: 0.9 })).toBe(await of({ accuracy: 0.9 }));
  expect(await of({ accuracy: 0.8 })).not.toBe(await of({ accuracy: 0.9 }));
});
