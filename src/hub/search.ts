import { type HubConnection, type HubFetchOptions, hubJson } from './connection.ts';
import { asHubModel, type HubModel, list } from './model.ts';

export type SearchFilter = {
  readonly safetensors?: boolean;
  readonly adapter?: boolean;
  /** Only models made from this one. */
  readonly baseModel?: string;
  /** How they were made from it; any way unless given. */
  readonly relation?: 'finetune' | 'adapter' | 'merge';
};

export type SearchQuery = {
  /** Words of the name. */
  readonly query?: string;
  readonly author?: string;
  readonly filter?: SearchFilter;
  /** Models a page, at most 500. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string;
};

export type SearchPage = {
  readonly models: readonly HubModel[];
  /** Null on the last page. */
  readonly next: string | null;
};

/** All that a row of the list shows; the Hub sends no more than is asked for. */
const expanded = [
  'author',
  'cardData',
  'config',
  'downloads',
  'gated',
  'lastModified',
  'library_name',
  'likes',
  'pipeline_tag',
  'private',
  'safetensors',
  'tags',
];

/**
 * One page of models, those of most downloads first. Plain `GET /api/models`, because the library's
 * `listModels` walks on by itself and has no cursor to come back to. Rejects with `HubError`.
 */
export async function searchModels(
  connection: HubConnection,
  query: SearchQuery,
  options: HubFetchOptions = {},
): Promise<SearchPage> {
  const { body, headers } = await hubJson(
    connection,
    query.cursor ?? `/api/models?${parameters(query)}`,
    options,
  );
  const models = list(body).flatMap((each) => asHubModel(each) ?? []);
  return { models, next: nextOf(headers, connection.hubUrl) };
}

function parameters({ query, author, filter = {}, limit }: SearchQuery): URLSearchParams {
  const search = new URLSearchParams({ limit: String(limit), sort: 'downloads' });
  if (query) search.set('search', query);
  if (author) search.set('author', author);
  for (const tag of tagsOf(filter)) search.append('filter', tag);
  for (const field of expanded) search.append('expand', field);
  return search;
}

function tagsOf({ safetensors, adapter, baseModel, relation }: SearchFilter): readonly string[] {
  const tags: string[] = [];
  if (safetensors) tags.push('safetensors');
  if (adapter) tags.push('peft');
  if (baseModel) tags.push(['base_model', ...(relation ? [relation] : []), baseModel].join(':'));
  return tags;
}

/** Path and query of the `Link` to the next page; a link to another host is not followed. */
function nextOf(headers: Headers, hubUrl: string): string | null {
  const [, url] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(headers.get('link') ?? '') ?? [];
  if (url === undefined) return null;
  const absolute = new URL(url, hubUrl).href;
  return absolute.startsWith(`${hubUrl}/`) ? absolute.slice(hubUrl.length) : null;
}
