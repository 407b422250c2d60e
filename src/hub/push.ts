import { HubApiError, uploadFilesWithProgress } from '@huggingface/hub';
import { backoff, type HubConnection, type HubFetchOptions } from './connection.ts';
import { HubError, noAnswer } from './errors.ts';
import { explain } from './explain.ts';
import type { Publication, PublishProgress } from './publish.ts';
import { realSurroundings } from './surroundings.ts';

const maxTries = 4;

const worthRetrying: ReadonlySet<string> = new Set([
  'blocked',
  'offline',
  'server',
  'rate-limited',
]);

const phases = {
  preuploading: 'preparing',
  uploadingLargeFiles: 'uploading',
  committing: 'committing',
} as const;

/**
 * Uploads the files and commits them; resolves to the commit. The library's upload takes no `fetch` of ours,
 * and only so tells its progress, so it is tried again as a whole: what has arrived is not sent twice, the Hub
 * knows it by its hash. Rejects with `HubError`.
 */
export async function push(
  connection: HubConnection,
  publication: Publication,
  onProgress: (progress: PublishProgress) => void,
  { signal, onWait, surroundings = realSurroundings }: HubFetchOptions,
): Promise<{ readonly commit: string; readonly url: string }> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await pushOnce(connection, publication, onProgress, signal);
    } catch (error) {
      signal?.throwIfAborted();
      const known = await asHubError(error, connection, surroundings);
      if (!worthRetrying.has(known.tag) || tries === maxTries) throw known;
      const seconds = known.context.retryAfter ?? backoff(tries, surroundings.random);
      onWait?.({ reason: known.tag === 'rate-limited' ? 'rate-limited' : 'network', seconds });
      await surroundings.sleep(seconds * 1000, signal);
      while (!surroundings.online()) await surroundings.sleep(500, signal);
      onWait?.(null);
    }
  }
}

async function pushOnce(
  { hubUrl, token }: HubConnection,
  { repo, files, title, description }: Publication,
  onProgress: (progress: PublishProgress) => void,
  signal: AbortSignal | undefined,
) {
  const events = uploadFilesWithProgress({
    repo,
    hubUrl,
    files: files.map(({ path, file }) => ({ path, content: file })),
    commitTitle: title,
    ...(description ? { commitDescription: description } : {}),
    ...(token === null ? {} : { accessToken: token }),
    ...(signal ? { abortSignal: signal } : {}),
  });
  for (;;) {
    const { done, value } = await events.next();
    signal?.throwIfAborted();
    if (done) return { commit: value?.commit.oid ?? '', url: value?.commit.url ?? '' };
    if (value.event === 'phase') onProgress({ kind: 'phase', phase: phases[value.phase] });
    else onProgress({ kind: 'file', path: value.path, state: value.state, part: value.progress });
  }
}

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
