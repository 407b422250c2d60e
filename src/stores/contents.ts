import type { Handle } from '../engine/protocol.ts';
import type { ModelFacts } from '../formats/model-facts.ts';
import type { ModelRef } from '../recipe/recipe.ts';
import { fingerprintOf } from './fingerprint.ts';
import { sha256Of } from './sha256.ts';

type Facts = Pick<ModelFacts, 'files' | 'companions'>;

/**
 * Equal for models that are the same in all that running them reads, weights and small files, on this visit and on later ones;
 * never equal otherwise. On the Hub a commit says so. Of files on this computer samples of the weights do, with the dates of
 * the files, because samples may miss a small edit; of small files what they hold. Of the demo what its table of contents says.
 * What cannot be known is equal to nothing, ever.
 */
export async function contentsOf(
  ref: ModelRef,
  handles: readonly Handle[],
  facts: Facts,
  family: unknown,
): Promise<string> {
  try {
    const weights = await weightsOf(ref, handles, facts, family);
    const small = facts.companions.map(({ name, size, digests }) => [name, size, digests]);
    return weights ? await sha256Of(JSON.stringify([weights, small])) : unlike();
  } catch {
    return unlike(); // no secure context, or a file that is gone
  }
}

const unlike = () => `${Date.now()} ${Math.random()}`;

async function weightsOf(
  { hub, origin }: ModelRef,
  handles: readonly Handle[],
  { files, companions }: Facts,
  family: unknown,
): Promise<unknown> {
  if (hub) return [hub.repo, hub.commit, hub.weights];
  if (origin === 'demo') return [family, handles.map((each) => ('url' in each ? each.url : null))];
  const held = (await Promise.all(handles.map(fileOf))).filter((each) => each !== null);
  const among = (named: readonly { readonly name: string }[]) =>
    held.filter(({ path }) => named.some(({ name }) => path === name || path.endsWith(`/${name}`)));
  const weights = among(files);
  if (weights.length < files.length) return null;
  const print = await fingerprintOf(weights.map(({ file }) => file));
  const undigested = among(companions.filter(({ digests }) => digests.length === 0));
  const dates = [...weights, ...undigested].map(({ file }) => file.lastModified);
  return print && [print, dates];
}

async function fileOf(handle: Handle) {
  if (handle.kind === 'file') return handle;
  if (handle.kind !== 'stored') return null;
  return { path: handle.path, file: await handle.handle.getFile() };
}
