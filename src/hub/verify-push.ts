import type { HubConnection, HubFetchOptions } from './connection.ts';
import { HubError } from './errors.ts';
import type { Published, PublishFile } from './publication.ts';
import { openRepo, type RepoFile } from './repo.ts';

/** Milliseconds after which the Hub is no longer waited for. */
const longest = 60_000;

/** Whether a pushed commit is the local files, and what differs. The commit is there in any case. */
export async function verifyPush(
  connection: HubConnection,
  place: { readonly repo: string; readonly revision: string },
  files: readonly PublishFile[],
  options: HubFetchOptions,
): Promise<Pick<Published, 'verified' | 'problems'>> {
  try {
    const signal = AbortSignal.timeout(longest);
    const repo = await openRepo(connection, place, { ...options, signal });
    const pushed = new Map(repo.files.map((file) => [file.path, file]));
    const problems: string[] = [];
    for (const file of files) {
      const problem = await compare(file, pushed.get(file.path));
      if (problem) problems.push(`${file.path}: ${problem}`);
    }
    return { verified: problems.length === 0, problems };
  } catch (error) {
    const why = error instanceof HubError ? error.message : 'the Hub took too long to answer';
    if (error instanceof HubError || isTimeout(error)) return { verified: null, problems: [why] };
    throw error;
  }
}

async function compare(local: PublishFile, pushed: RepoFile | undefined): Promise<string | null> {
  if (!pushed) return 'missing on the Hub';
  if (pushed.size !== local.file.size) return `${pushed.size} bytes on the Hub`;
  const isSame =
    pushed.sha256 === null
      ? pushed.oid === (await blobId(local.file))
      : pushed.sha256 === local.sha256;
  return isSame ? null : 'other content on the Hub';
}

/** What git names a file by: the SHA-1 of its length and content. For the small files kept in git itself. */
async function blobId(file: File): Promise<string> {
  const head = new TextEncoder().encode(`blob ${file.size}\0`);
  const content = await new Blob([head, file]).arrayBuffer();
  const hash = await crypto.subtle.digest('SHA-1', content);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const isTimeout = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'TimeoutError';
