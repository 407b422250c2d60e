import { resolveUrl } from './address.ts';
import { type HubConnection, type HubFetchOptions, hubFetch } from './connection.ts';

/** Texts of a few small files of a repo at one commit, by path. Rejects with `HubError`. */
export async function readTexts(
  connection: HubConnection,
  { id, commit }: { readonly id: string; readonly commit: string },
  paths: readonly string[],
  options: HubFetchOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const fetch = hubFetch(connection, options);
  const texts = paths.map(async (path): Promise<readonly (readonly [string, string])[]> => {
    const response = await fetch(resolveUrl(connection.hubUrl, id, commit, path));
    return response.ok ? [[path, await response.text()]] : [];
  });
  return new Map((await Promise.all(texts)).flat());
}
