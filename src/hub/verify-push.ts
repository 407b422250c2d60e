import type { HubConnection, HubFetchOptions } from './connection.ts';
import { HubError } from './errors.ts';
import type { PublishFile } from './publish.ts';
import { openRepo, type RepoFile } from './repo.ts';

/** What differs between a pushed commit and the local files; empty when nothing does. */
export async function verifyPush(
  connection: HubConnection,
  place: { readonly repo: string; readonly revision: string },
  files: readonly PublishFile[],
  options: HubFetchOptions,
): Promise<readonly string[]> {
  try {
    const repo = await openRepo(connection, place, options);
    const pushed = new Map(repo.files.map((file) => [file.path, file]));
    const problems: string[] = [];
    for (const file of files) {
      const problem = await compare(file, pushed.get(file.path));
      if (problem) problems.push(`${file.path}: ${problem}`);
    }
    return problems;
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return [`it could not be checked: ${error.message}`];
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
