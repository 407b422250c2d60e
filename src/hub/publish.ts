import { createRepo, deleteRepo } from '@huggingface/hub';
import { type HubConnection, type HubFetchOptions, hubFetch } from './connection.ts';
import { HubError } from './errors.ts';
import type { Publication, Published, PublishProgress } from './publication.ts';
import { push } from './push.ts';
import { realSurroundings } from './surroundings.ts';
import { verifyPush } from './verify-push.ts';

/**
 * Pushes files to a repo and compares the pushed commit with what is here. For a dedicated worker. When the
 * push fails or is aborted, a repo it made is removed again; once the commit is made an abort changes nothing.
 * Local files stay in any case. Rejects with `HubError`.
 */
export async function publish(
  connection: HubConnection,
  publication: Publication,
  options: HubFetchOptions & { readonly onProgress?: (progress: PublishProgress) => void } = {},
): Promise<Published> {
  const { onProgress = () => {}, signal } = options;
  const { repo, files } = publication;
  for (const { path, file } of files) {
    // Blobs that make their bytes as they are read arrive empty, with no error.
    if (Object.getPrototypeOf(file) !== File.prototype) throw new TypeError(`${path} is no file`);
  }
  const url = `${connection.hubUrl}/${repo}`;
  signal?.throwIfAborted();
  if (publication.create) {
    onProgress({ kind: 'phase', phase: 'creating' });
    await make(connection, publication, options);
  }
  const fill = async () => {
    signal?.throwIfAborted();
    return push(connection, publication, onProgress, options);
  };
  const { commit } = await fill().catch(async (error: unknown) => {
    if (!publication.create || (await remove(connection, repo))) throw error;
    onProgress({ kind: 'left-behind', url });
    throw error instanceof HubError ? withLeftover(error, url) : error;
  });
  onProgress({ kind: 'phase', phase: 'verifying' });
  const { surroundings } = options;
  const found = await verifyPush(connection, { repo, revision: commit }, files, { surroundings });
  return { commit, url, ...found };
}

/** An abort ends the waits, never the request: a repo nobody hears of would be left behind. */
async function make(
  connection: HubConnection,
  { repo, visibility, license }: Publication,
  { signal, surroundings = realSurroundings, onWait }: HubFetchOptions,
): Promise<void> {
  const sleep = (milliseconds: number) => surroundings.sleep(milliseconds, signal);
  const patient = { onWait, surroundings: { ...surroundings, sleep } };
  try {
    await createRepo({
      repo,
      visibility,
      hubUrl: connection.hubUrl,
      accessToken: connection.token ?? '',
      fetch: hubFetch(connection, patient),
      ...(license === null ? {} : { license }),
    });
  } catch (error) {
    const isLost = error instanceof HubError && (error.context.status ?? 500) >= 500;
    throw isLost ? withDoubt(error, `${connection.hubUrl}/${repo}`) : error;
  }
}

/** Milliseconds after which a clean-up is given up. */
const longestCleanup = 30_000;

/** Whether it is gone. Goes on after an abort: it cleans up. */
async function remove(connection: HubConnection, repo: string): Promise<boolean> {
  const { hubUrl, token } = connection;
  const fetch = hubFetch(connection, { retries: 1, signal: AbortSignal.timeout(longestCleanup) });
  try {
    await deleteRepo({ repo, hubUrl, accessToken: token ?? '', fetch });
    return true;
  } catch {
    return false;
  }
}

function withLeftover({ tag, context, cause }: HubError, url: string): HubError {
  const advice = `${context.advice} The new repo is still there and empty: push to it again, or delete it in its settings.`;
  return new HubError(tag, { ...context, advice, link: `${url}/settings` }, cause);
}

function withDoubt({ tag, context, cause }: HubError, url: string): HubError {
  const advice = `${context.advice} The repo may have been made all the same: look at ${url}; if it is there, push to it, or delete it in its settings.`;
  return new HubError(tag, { ...context, advice, link: url }, cause);
}
