import { type HubConnection, type HubFetchOptions, hubFetch } from './connection.ts';
import { HubError } from './errors.ts';

/**
 * First contact: whether this browser reaches the Hub at all. Resolves to 'ok', or to the error that says in
 * plain words what stands between. Any answer counts as reached except one of a server in trouble.
 */
export async function probe(
  connection: HubConnection,
  options: HubFetchOptions = {},
): Promise<'ok' | HubError> {
  const fetch = hubFetch({ ...connection, token: null }, { retries: 0, ...options });
  try {
    const response = await fetch(`${connection.hubUrl}/api/models?limit=1`);
    await response.body?.cancel();
    return 'ok';
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return ['offline', 'blocked', 'server', 'rate-limited'].includes(error.tag) ? error : 'ok';
  }
}
