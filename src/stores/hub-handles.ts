import type { Handle } from '../engine/protocol.ts';
import { recognise } from '../formats/folder.ts';
import type { Choice } from '../hub/choices.ts';
import type { HubRepo } from '../hub/repo.ts';

/** What the engine opens of a repo: the chosen weights, their index, and the small files beside them. */
export function handlesOf(repo: HubRepo, choice: Choice): readonly Handle[] {
  const folder = choice.weights[0].slice(0, choice.weights[0].lastIndexOf('/') + 1);
  const chosen = new Set([...choice.weights, ...(choice.index ? [choice.index] : [])]);
  const beside = repo.files.filter(
    ({ path }) => path.startsWith(folder) && !path.slice(folder.length).includes('/'),
  );
  const candidates = beside.filter(
    ({ path }) => chosen.has(path) || !/\.safetensors(\.index\.json)?$/.test(path),
  );
  const [model] = recognise(candidates).models;
  const paths = new Set(model ? [...chosen, ...model.companions] : chosen);
  return candidates
    .filter(({ path }) => paths.has(path))
    .map((file): Handle => ({ kind: 'hub', repo: repo.id, commit: repo.commit, ...file }));
}
