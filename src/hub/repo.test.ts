import { describe, expect, test } from 'vitest';
import { stubFetch } from '../testing/stub-fetch.ts';
import { asHubModel } from './model.ts';
import { openRepo } from './repo.ts';

const hubUrl = 'https://hub.test';

const info = {
  _id: '65',
  id: 'org/name',
  author: 'org',
  sha: 'c0ffee',
  likes: 3,
  downloads: 40,
  lastModified: '2026-01-02T03:04:05.000Z',
  gated: 'auto',
  private: false,
  pipeline_tag: 'text-generation',
  library_name: 'transformers',
  tags: ['safetensors', 'base_model:org/base', 'base_model:finetune:org/base', 'license:mit'],
  cardData: { license: 'apache-2.0', base_model: 'org/base' },
  config: { architectures: ['LlamaForCausalLM'], model_type: 'llama' },
  safetensors: { parameters: { BF16: 100, F32: 2 }, total: 102 },
  siblings: [
    { rfilename: 'config.json', size: 20, blobId: 'b1' },
    { rfilename: 'model.safetensors', size: 900, blobId: 'b2', lfs: { sha256: 'aa', size: 900 } },
  ],
};

describe('opening a repo', () => {
  test('takes one request, and pins the commit', async () => {
    const { fetch, requests } = stubFetch(hubUrl, () => Response.json(info));
    const connection = { hubUrl, token: null, fetch };
    const repo = await openRepo(connection, { repo: 'org/name', revision: 'refs/pr/1' });
    expect(requests.map(({ path }) => path)).toEqual([
      '/api/models/org/name/revision/refs%2Fpr%2F1?blobs=true',
    ]);
    expect(repo).toMatchObject({ id: 'org/name', commit: 'c0ffee', revision: 'refs/pr/1' });
    expect(repo.files).toEqual([
      { path: 'config.json', size: 20, sha256: null, oid: 'b1' },
      { path: 'model.safetensors', size: 900, sha256: 'aa', oid: 'b2' },
    ]);
  });

  test('asks for the tree of that commit when sizes are missing', async () => {
    const bare = { ...info, siblings: [{ rfilename: 'model.safetensors' }] };
    const tree = [
      { type: 'directory', path: 'sub', oid: 'd', size: 0 },
      {
        type: 'file',
        path: 'sub/model.safetensors',
        oid: 'b2',
        size: 900,
        lfs: { oid: 'aa', size: 900, pointerSize: 9 },
      },
    ];
    const { fetch, requests } = stubFetch(hubUrl, ({ path }) =>
      Response.json(path.includes('/tree/') ? tree : bare),
    );
    const repo = await openRepo(
      { hubUrl, token: null, fetch },
      { repo: 'org/name', revision: null },
    );
    expect(requests.map(({ path }) => path)).toEqual([
      '/api/models/org/name/revision/HEAD?blobs=true',
      '/api/models/org/name/tree/c0ffee?recursive=true&expand=false',
    ]);
    expect(repo.files).toEqual([
      { path: 'sub/model.safetensors', size: 900, sha256: 'aa', oid: 'b2' },
    ]);
  });
});

describe('a model is told by', () => {
  test('its card, config and safetensors summary', () => {
    expect(asHubModel(info)).toEqual({
      id: 'org/name',
      author: 'org',
      likes: 3,
      downloads: 40,
      updated: '2026-01-02T03:04:05.000Z',
      licence: 'apache-2.0',
      gated: true,
      private: false,
      parameters: { total: 102, byDtype: { BF16: 100, F32: 2 } },
      architecture: 'LlamaForCausalLM',
      modelType: 'llama',
      quantization: null,
      task: 'text-generation',
      library: 'transformers',
      kind: 'full',
      baseModels: ['org/base'],
    });
  });

  test.each([
    ['adapter', { library_name: 'peft' }],
    ['adapter', { tags: ['base_model:adapter:org/base'] }],
    ['adapter', { siblings: [{ rfilename: 'adapter_config.json' }] }],
    ['full', { library_name: 'peft', siblings: [{ rfilename: 'config.json' }] }],
  ])('its kind, %s: %j', (kind, fields) => {
    expect(asHubModel({ id: 'a/b', ...fields })).toMatchObject({ kind });
  });

  test('little, when the reply holds little or nonsense', () => {
    expect(asHubModel({ id: 'a/b', likes: 'many', safetensors: 3, cardData: [] })).toMatchObject({
      author: 'a',
      likes: 0,
      licence: null,
      parameters: null,
      baseModels: [],
    });
    expect(asHubModel({})).toBeNull();
    expect(asHubModel(null)).toBeNull();
  });

  test('the name of a licence that is none of the list', () => {
    const cardData = { license: 'other', license_name: 'qwen-research' };
    expect(asHubModel({ id: 'a/b', cardData })?.licence).toBe('qwen-research');
  });
});
