import { listModels, modelInfo } from '@huggingface/hub';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakeHub } from './server.ts';
import { startSmallHub } from './small-hub.ts';

let hub: FakeHub;
beforeAll(async () => {
  hub = await startSmallHub();
});
afterAll(() => hub.close());
beforeEach(() => hub.forgetRequests());

type Params = NonNullable<Parameters<typeof listModels>[0]>;

async function names(params: Params = {}): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name } of listModels({ hubUrl: hub.url, ...params })) found.push(name);
  return found;
}

const getJson = async (path: string) => (await fetch(hub.url + path)).json();

describe('models are found', () => {
  test.each<[by: string, search: NonNullable<Params['search']>, found: readonly string[]]>([
    ['name', { query: 'TUNE' }, ['bob/tuned']],
    ['owner', { owner: 'ann' }, ['ann/base', 'ann/gated']],
    ['task', { task: 'text-generation' }, ['ann/base', 'bob/tuned']],
    ['fine-tunes of a base', { tags: ['base_model:finetune:ann/base'] }, ['bob/tuned']],
    ['adapters of a base', { tags: ['base_model:adapter:ann/base'] }, ['bob/adapter']],
    ['all that was made from it', { tags: ['base_model:ann/base'] }, ['bob/tuned', 'bob/adapter']],
    ['licence', { tags: ['license:mit'] }, ['ann/base']],
    ['two tags at once', { tags: ['safetensors', 'llama'] }, ['ann/base', 'bob/tuned']],
    ['nothing that exists', { query: 'no such model' }, []],
  ])('by %s', async (_, search, found) => {
    expect(await names({ search })).toEqual(found);
  });

  test('by downloads, and by id', async () => {
    const search = { owner: 'bob' };
    expect(await names({ search, sort: 'downloads', limit: 2 })).toEqual([
      'bob/tuned',
      'bob/adapter',
    ]);
    expect(await names({ search, sort: 'id' })).toEqual(['bob/adapter', 'bob/tuned', 'bob/xet']);
  });

  test('private ones by their owner only', async () => {
    expect(await names({ search: { query: 'secret' } })).toEqual([]);
    const search = { query: 'secret' };
    expect(await names({ search, accessToken: 'hf_owner' })).toEqual(['owner/secret']);
  });
});

test('pages are linked to the next until the end', async () => {
  const first = await fetch(`${hub.url}/api/models?limit=2&sort=id`);
  const ids = (entries: readonly { id: string }[]) => entries.map(({ id }) => id);
  expect(ids(await first.json())).toEqual(['ann/base', 'ann/gated']);
  const [, next] = /^<(http[^>]+)>; rel="next"$/.exec(first.headers.get('link')!)!;
  const second = await fetch(next);
  expect(ids(await second.json())).toEqual(['bob/adapter', 'bob/tuned']);
  const [, last] = /^<(http[^>]+)>; rel="next"$/.exec(second.headers.get('link')!)!;
  const third = await fetch(last);
  expect(ids(await third.json())).toEqual(['bob/xet']);
  expect(third.headers.get('link')).toBeNull();
});

test('expand shows what it names and nothing else; unknown names are refused', async () => {
  const url = '/api/models?search=ann/base&expand=likes&expand=safetensors';
  expect(await getJson(url)).toEqual([
    {
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      id: 'ann/base',
      likes: 30,
      safetensors: { parameters: { BF16: 12, F32: 2 }, total: 14 },
    },
  ]);
  expect((await fetch(`${hub.url}/api/models?expand=colour`)).status).toBe(400);
});

test('a model is described by what its files say', async () => {
  const info = await modelInfo({
    name: 'ann/base',
    hubUrl: hub.url,
    additionalFields: ['sha', 'cardData', 'config', 'tags', 'filePaths', 'library_name'],
  });
  expect(info).toMatchObject({
    name: 'ann/base',
    task: 'text-generation',
    likes: 30,
    downloads: 100,
    gated: false,
    updatedAt: new Date('2026-01-02T03:04:05Z'),
    sha: hub.repos.get('ann/base')!.refs.get('main'),
    cardData: { license: 'mit', tags: ['tiny'] },
    config: { architectures: ['LlamaForCausalLM'], model_type: 'llama' },
    library_name: 'transformers',
    filePaths: ['README.md', 'config.json', 'model.safetensors', 'notes/a b#1.txt'],
  });
  expect(info.tags).toEqual(expect.arrayContaining(['safetensors', 'tiny', 'license:mit']));
});

test('an adapter says what it was trained on', async () => {
  const { config, library_name, tags } = await getJson('/api/models/bob/adapter');
  expect(config).toEqual({ peft: { base_model_name_or_path: 'ann/base' } });
  expect(library_name).toBe('peft');
  expect(tags).toContain('base_model:adapter:ann/base');
});

test('a model made from two is a merge of both', async () => {
  hub.push('bob/xet', {
    'README.md': new TextEncoder().encode('---\nbase_model:\n- ann/base\n- bob/tuned\n---\n'),
  });
  expect(await names({ search: { tags: ['base_model:merge:bob/tuned'] } })).toEqual(['bob/xet']);
});

test('blobs=true tells size, git id and sha256 of each file', async () => {
  const { siblings } = await getJson('/api/models/ann/base/revision/v1?blobs=true');
  expect(siblings).toEqual([
    {
      rfilename: 'model.safetensors',
      size: 50,
      blobId: expect.stringMatching(/^[0-9a-f]{40}$/),
      lfs: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/), size: 50, pointerSize: 127 },
    },
  ]);
});

test('a revision is a branch, a tag or a commit', async () => {
  const { refs } = hub.repos.get('ann/base')!;
  const shaOf = async (rev: string) =>
    (await getJson(`/api/models/ann/base/revision/${rev}?expand=sha`)).sha;
  expect(await shaOf('HEAD')).toBe(refs.get('main'));
  expect(await shaOf('v1')).toBe(refs.get('v1'));
  expect(await shaOf(refs.get('v1')!)).toBe(refs.get('v1'));
  expect(refs.get('v1')).not.toBe(refs.get('main'));
});
