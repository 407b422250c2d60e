import { afterEach, expect, test, vi } from 'vitest';
import type { HubRepo } from '../../hub/repo.ts';
import { offeredBy } from '../../stores/hub-weights.ts';
import { fakeSession } from '../../testing/session.ts';
import { add, reopen } from './add.ts';
import { connect } from './connect.ts';
import { look } from './look.ts';
import { search } from './search.ts';
import { finishSignIn, signIn, signOut } from './sign-in.ts';

afterEach(() => vi.unstubAllGlobals());

const commit = '0123456789'.repeat(4);
const repo: HubRepo = {
  id: 'org/model',
  commit,
  revision: 'main',
  model: { id: 'org/model', licence: 'mit' } as HubRepo['model'],
  files: [{ path: 'model.safetensors', size: 228, sha256: 'ab', oid: 'cd' }],
};
const {
  candidates: [weights],
} = offeredBy(repo);
const demo = { id: 'demo-base', name: 'Base', origin: 'demo', bytes: 1 } as const;

test('a model of the Hub takes the place of the demo, pinned to its commit', async () => {
  const session = fakeSession({ base: demo, values: { lambda: 0.3 } });
  await add(session, repo, weights, 'base');
  const { base, values } = session.recipe.getState().recipe;
  expect(base?.hub).toEqual({ repo: 'org/model', commit, weights: 'model.safetensors' });
  expect(values).toEqual({ lambda: 0.3 }); // as when files are dropped
  expect(session.models.getState().slots[base!.id].status.kind).toBe('open');
  expect(session.hub.getState().recent).toEqual(['org/model']);
  await add(session, repo, weights, 'expert');
  expect(session.recipe.getState().recipe.experts).toEqual([]);
  expect(session.view.getState().notice?.text).toBe('org/model is in the recipe already.');
});

test('adding opens it once although the recipe is watched', async () => {
  const session = fakeSession();
  session.recipe.subscribe(() => void reopen(session));
  await add(session, repo, weights, 'expert');
  expect(session.engine.calls.filter((call) => call.startsWith('open'))).toHaveLength(1);
});

function page(search: string, config: unknown) {
  vi.stubGlobal('location', { search });
  vi.stubGlobal('document', { baseURI: 'http://localhost/' });
  vi.stubGlobal('fetch', async () => Response.json(config));
}

test.each([
  ['', 'https://hub.example'],
  ['?hub=http://127.0.0.1:8787', 'http://127.0.0.1:8787'],
  ['?hub=http://localhost:1/x', 'http://localhost:1'],
  ['?hub=http://[::1]:8787', 'https://hub.example'],
  ['?hub=https://evil.example', 'https://hub.example'],
  ['?hub=nonsense', 'https://hub.example'],
])('with %j the Hub is %s: a link cannot lead a token elsewhere', async (query, expected) => {
  const session = fakeSession();
  page(query, { hubUrl: 'https://hub.example', oauthClientId: null });
  await connect(session);
  expect(session.hub.getState().hubUrl).toBe(expected);
  expect(session.engine.calls).toContain(`access ${expected}`);
});

test('without config.json it is the public Hub', async () => {
  const session = fakeSession();
  page('', {});
  vi.stubGlobal('fetch', async () => new Response('', { status: 404 }));
  await connect(session);
  expect(session.hub.getState()).toMatchObject({
    hubUrl: 'https://huggingface.co',
    clientId: null,
  });
});

test('a search asks once when the typing stops, for safetensors', async () => {
  const session = fakeSession();
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(String(url));
    return Response.json([{ id: 'org/llama', downloads: 1, likes: 2, tags: [] }]);
  });
  void search(session, { text: 'l' }, 5);
  void search(session, { text: 'll' }, 5);
  await search(session, { text: 'lla', kind: 'adapter', madeFrom: 'org/base' }, 5);
  expect(asked).toHaveLength(1);
  const { searchParams } = new URL(asked[0]);
  expect(searchParams.get('search')).toBe('lla');
  expect(searchParams.getAll('filter')).toEqual([
    'safetensors',
    'peft',
    'base_model:adapter:org/base',
  ]);
  expect(session.hub.getState()).toMatchObject({ search: 'done', next: null });
  expect(session.hub.getState().models.map(({ id }) => id)).toEqual(['org/llama']);
});

test('a token is checked before it is used, kept in this tab only when asked, and forgotten', async () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
  vi.stubGlobal('fetch', async () =>
    Response.json({ name: 'me', orgs: [], auth: { accessToken: { role: 'write' } } }),
  );
  const session = fakeSession();
  await signIn(session, 'not a token', false);
  expect(session.hub.getState().signIn).toMatchObject({ tag: 'bad-token' });
  await signIn(session, ' hf_abc ', false);
  expect(session.hub.getState()).toMatchObject({ token: 'hf_abc', account: { name: 'me' } });
  expect(kept.size).toBe(0);
  await signIn(session, 'hf_abc', true);
  expect([...kept.values()].map((text) => JSON.parse(text).token)).toEqual(['hf_abc']);
  // After a reload it is used again, for the Hub it was given for and no other.
  const [again, elsewhere] = [fakeSession(), fakeSession()];
  elsewhere.hub.setState({ hubUrl: 'http://localhost:9999' });
  await finishSignIn(again);
  await finishSignIn(elsewhere);
  expect(again.hub.getState().token).toBe('hf_abc');
  expect(elsewhere.hub.getState().token).toBeNull();
  await signOut(session);
  expect(kept.size).toBe(0);
  expect(session.hub.getState()).toMatchObject({ token: null, account: null });
});

test('typing an address asks once, and the file it names is the choice', async () => {
  const session = fakeSession();
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    if (!String(url).includes('/api/models/')) return new Response('', { status: 404 });
    asked.push(String(url));
    const siblings = ['a', 'b'].map((name) => ({
      rfilename: `${name}.safetensors`,
      size: 8,
      blobId: name,
    }));
    return Response.json({ id: 'org/model', sha: commit, siblings });
  });
  void look(session, { repo: 'org/m' }, 5);
  void look(session, { repo: 'org/mod' }, 5);
  await look(session, { repo: 'org/model', revision: 'v1', path: 'b.safetensors' }, 5);
  expect(asked).toEqual([expect.stringContaining('/api/models/org/model/revision/v1')]);
  expect(session.hub.getState().looked).toMatchObject({
    kind: 'open',
    repo: 'org/model',
    revision: 'v1',
    path: 'b.safetensors',
  });
});
