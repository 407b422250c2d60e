import { fault, type Place, readCount, readObject, readOneOf, readText } from './reader.ts';
import type { HubPin, ModelRef } from './recipe.ts';

export function readModel(place: Place): ModelRef {
  const fields = readObject(place, ['id', 'name', 'origin', 'bytes', 'fingerprint', 'hub']);
  const fingerprint = fields.at('fingerprint');
  const ref: ModelRef = {
    id: readText(fields.at('id')),
    name: readText(fields.at('name')),
    origin: readOneOf(fields.at('origin'), ['demo', 'local', 'hub', 'result']),
    bytes: readCount(fields.at('bytes')),
    ...(fingerprint.value === undefined ? {} : { fingerprint: readText(fingerprint) }),
  };
  return ref.origin === 'hub' ? { ...ref, hub: readPin(fields.at('hub')) } : ref;
}

function readPin(place: Place): HubPin {
  const fields = readObject(place, ['repo', 'commit', 'weights']);
  const [repo, commit] = [fields.at('repo'), fields.at('commit')];
  const pin = {
    repo: readText(repo),
    commit: readText(commit),
    weights: readText(fields.at('weights')),
  };
  // Both become parts of addresses.
  if (!isRepoName(pin.repo)) fault(repo, 'owner/name', null);
  if (!/^[0-9a-f]{40}$/.test(pin.commit)) fault(commit, 'a commit of 40 hex digits', null);
  return pin;
}

/** As the Hub names repos: no part begins or ends with a dot, so none leads elsewhere. */
function isRepoName(repo: string): boolean {
  return /^\w(?:[\w.-]{0,94}\w)?\/\w(?:[\w.-]{0,94}\w)?$/.test(repo) && !/--|\.\./.test(repo);
}
