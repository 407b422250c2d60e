import { type CommitOperation, commitIter, HubApiError } from '@huggingface/hub';
import { backoff, type HubConnection, type HubFetchOptions, hubFetch } from './connection.ts';
import { HubError, noAnswer } from './errors.ts';
import { explain } from './explain.ts';
import type { Publication, PublishProgress } from './publication.ts';
import { openRepo } from './repo.ts';
import { realSurroundings } from './surroundings.ts';
import { withUploadProgress } from './upload-fetch.ts';

const maxTries = 4;

/** Seconds to wait after a 429 that does not say how long; the Hub counts in windows of five minutes. */
const rateLimitWait = 60;

const phases = {
  preuploading: 'preparing',
  uploadingLargeFiles: 'uploading',
  committing: 'committing',
} as const;

/**
 * Uploads the files and commits them; resolves to the commit. Weights of a repo that was there before, at its
 * root and in folders that weights are pushed to, leave in the same commit, unless the push replaces them:
 * libraries may prefer them to the new ones. A push that got no answer is tried again as a whole: what has arrived is not sent twice, the Hub knows
 * it by its hash. Rejects with `HubError`.
 */
export async function push(
  connection: HubConnection,
  publication: Publication,
  onProgress: (progress: PublishProgress) => void,
  options: HubFetchOptions,
): Promise<{ readonly commit: string; readonly url: string }> {
  const { signal, onWait, surroundings = realSurroundings } = options;
  for (let tries = 1; ; tries += 1) {
    try {
      return await pushOnce(connection, publication, onProgress, { ...options, surroundings });
    } catch (error) {
      signal?.throwIfAborted();
      const known = asChanged(await asHubError(error, connection, surroundings));
      const { status, retryAfter } = known.context;
      const isPassing = status === undefined || status >= 500 || status === 429;
      if (!isPassing || tries === maxTries) throw known;
      const seconds =
        retryAfter ?? (status === 429 ? rateLimitWait : backoff(tries, surroundings.random));
      onWait?.({ reason: status === 429 ? 'rate-limited' : 'network', seconds });
      await surroundings.sleep(seconds * 1000, signal);
      while (!surroundings.online()) await surroundings.sleep(500, signal);
      onWait?.(null);
    }
  }
}

async function pushOnce(
  connection: HubConnection,
  { repo, create, files, title, description }: Publication,
  onProgress: (progress: PublishProgress) => void,
  { signal, surroundings }: HubFetchOptions,
) {
  const { hubUrl, token } = connection;
  const sending = { ...connection, fetch: withUploadProgress(connection.fetch) };
  // What to do about a failure is decided for the push as a whole.
  const once = { signal, surroundings, retries: 0 };
  const outdated = create ? [] : await outdatedWeights(connection, repo, files, once);
  const events = commitIter({
    repo,
    hubUrl,
    operations: [
      ...files.map(
        ({ path, file }) => ({ operation: 'addOrUpdate', path, content: file }) as const,
      ),
      ...outdated.map((path): CommitOperation => ({ operation: 'delete', path })),
    ],
    title,
    ...(description ? { description } : {}),
    ...(token === null ? {} : { accessToken: token }),
    ...(signal ? { abortSignal: signal } : {}),
    fetch: hubFetch(sending, once),
  });
  for (;;) {
    const { done, value } = await events.next();
    // A commit that was made is told, whatever was asked meanwhile.
    if (done) return { commit: value?.commit.oid ?? '', url: value?.commit.url ?? '' };
    if (signal?.aborted) continue; // it ends by itself, when nothing is under way any more
    if (value.event === 'phase') onProgress({ kind: 'phase', phase: phases[value.phase] });
    else onProgress({ kind: 'file', path: value.path, state: value.state, part: value.progress });
  }
}

/** Weights and indices beside those that are pushed, or at the root, that would stay there. */
async function outdatedWeights(
  connection: HubConnection,
  repo: string,
  files: Publication['files'],
  options: HubFetchOptions,
): Promise<readonly string[]> {
  const pushed = new Set(files.map(({ path }) => path));
  const folders = new Set(['', ...files.filter(({ path }) => isWeights(path)).map(folderOf)]);
  const before = await openRepo(connection, { repo, revision: 'main' }, options).catch(
    (error: unknown) => {
      if (error instanceof HubError && error.tag === 'no-revision') return { files: [] };
      throw error;
    },
  );
  return before.files
    .filter((file) => isWeights(file.path) && folders.has(folderOf(file)) && !pushed.has(file.path))
    .map(({ path }) => path);
}

const isWeights = (path: string) => /\.safetensors(\.index(\.[\w-]+)?\.json)?$/.test(path);

const folderOf = ({ path }: { readonly path: string }) => path.slice(0, path.lastIndexOf('/') + 1);

/** The library's errors in our words; those without an answer look like network errors. */
async function asHubError(
  error: unknown,
  { hubUrl, token }: HubConnection,
  { online, now }: { online(): boolean; now(): number },
): Promise<HubError> {
  if (error instanceof HubError) return error;
  if (error instanceof HubApiError) {
    const { statusCode: status, url, data } = error;
    const reply = { status, url, headers: new Headers(), json: async () => data };
    return explain(reply, { hubUrl, hasToken: token !== null, now: now() });
  }
  const isLost = error instanceof TypeError || (error instanceof Error && error.message === '');
  if (isLost) return noAnswer(hubUrl, online(), error);
  const advice = 'The merged model is still here: try again.';
  return new HubError('server', { file: hubUrl, found: String(error), advice }, error);
}

/** A 409 means a taken name only where a repo is made; here somebody else committed meanwhile. */
function asChanged(error: HubError): HubError {
  if (error.tag !== 'exists') return error;
  const found = 'it changed while it was pushed to';
  const advice = 'Look at what is there now, then try again.';
  return new HubError('changed', { ...error.context, found, advice }, error.cause);
}
