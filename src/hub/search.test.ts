import { describe, expect, test } from 'vitest';
import { stubFetch } from '../testing/stub-fetch.ts';
import { type SearchQuery, searchModels } from './search.ts';

const hubUrl = 'https://hub.test';

const found = [{ _id: '1', id: 'org/one', likes: 2, downloads: 9 }];

async function search(query: SearchQuery, link?: string) {
  const headers: HeadersInit = link === undefined ? {} : { link };
  const { fetch, requests } = stubFetch(hubUrl, () => Response.json(found, { headers }));
  const page = await searchModels({ hubUrl, token: null, fetch }, query);
  return { page, requests, asked: new URL(requests[0].path, hubUrl).searchParams };
}

test('words, author and page size are asked for', async () => {
  const { asked, page } = await search({ query: 'tiny llama', author: 'org', limit: 20 });
  expect(Object.fromEntries(asked)).toMatchObject({
    search: 'tiny llama',
    author: 'org',
    limit: '20',
    sort: 'downloads',
  });
  expect(asked.getAll('expand')).toContain('safetensors');
  expect(page.models).toMatchObject([{ id: 'org/one', likes: 2, downloads: 9 }]);
});

test.each([
  [{ safetensors: true }, ['safetensors']],
  [{ adapter: true, safetensors: true }, ['safetensors', 'peft']],
  [{ baseModel: 'org/base' }, ['base_model:org/base']],
  [{ baseModel: 'org/base', relation: 'finetune' as const }, ['base_model:finetune:org/base']],
])('the filter %j asks for the tags %j', async (filter, tags) => {
  const { asked } = await search({ filter, limit: 5 });
  expect(asked.getAll('filter')).toEqual(tags);
});

describe('the next page', () => {
  test('is where the Hub says', async () => {
    const { page } = await search({ limit: 1 }, `<${hubUrl}/api/models?cursor=abc>; rel="next"`);
    expect(page.next).toBe('/api/models?cursor=abc');
    const { requests } = await search({ limit: 1, cursor: page.next! });
    expect(requests[0].path).toBe('/api/models?cursor=abc');
  });

  test('is not there at the end, and never on another host', async () => {
    expect((await search({ limit: 1 })).page.next).toBeNull();
    const elsewhere = await search({ limit: 1 }, '<https://evil.test/api/models>; rel="next"');
    expect(elsewhere.page.next).toBeNull();
  });
});
