import { sha256 } from 'hash-wasm';
import type { PublishFile } from '../../hub/publication.ts';
import type { StoredFile } from '../../io/paths.ts';
import type { PublishOrder } from '../protocol.ts';

/** What a run writes about itself. */
const accounts = ['README.md', 'amalgam-recipe.json', 'amalgam-scores.json', 'amalgam-verify.json'];

/**
 * The files that a finished run wrote, as they go to the Hub: with their hashes, and with the licence in the
 * front matter of the model card, where the Hub reads it. Whatever else lies in the folder stays here.
 */
export async function filesToPublish(
  files: readonly StoredFile[],
  { license, sums }: Pick<PublishOrder, 'license' | 'sums'>,
): Promise<readonly PublishFile[]> {
  const written = new Set([...Object.keys(sums), ...accounts]);
  const ours = files.filter(({ path }) => written.has(path));
  return Promise.all(
    ours.map(async ({ path, file }): Promise<PublishFile> => {
      if (path === 'README.md' && license !== null) {
        const card = new File([licensed(await file.text(), license)], path);
        return { path, file: card, sha256: await sha256Of(card) };
      }
      return { path, file, sha256: sums[path] ?? (await sha256Of(file)) };
    }),
  );
}

/** A JSON string is a YAML string. */
function licensed(card: string, license: string): string {
  return card.replace(/^---\n/, (fence) => `${fence}license: ${JSON.stringify(license)}\n`);
}

async function sha256Of(file: File): Promise<string> {
  return sha256(new Uint8Array(await file.arrayBuffer()));
}
