import { checkRight, neededToken } from './access.ts';
import { asText, type Content } from './content.ts';
import { type Ask, json, Refusal, type Reply, type Route, readJson, refuse } from './exchange.ts';
import { asMap, keyOf, type StoredRepo, storeRepo } from './repo.ts';
import type { HubState } from './state.ts';

/** Making and removing repos: `create_repo` and `delete_repo` of https://huggingface.co/docs/hub/api. */
export function repoRoutes(state: HubState): readonly Route[] {
  const path = (name: string) => new RegExp(`^/api/repos/${name}$`);
  return [
    { origin: 'hub', method: 'POST', path: path('create'), handle: (ask) => create(state, ask) },
    { origin: 'hub', method: 'DELETE', path: path('delete'), handle: (ask) => remove(state, ask) },
  ];
}

type NewFile = { readonly path: string; readonly content: string; readonly encoding?: string };

async function create(state: HubState, ask: Ask): Promise<Reply> {
  const fields = await readJson(ask);
  const { type, id } = named(state, ask, fields);
  const url = `${state.addresses.hub}/${keyOf(type, id)}`;
  if (state.repos.has(keyOf(type, id))) {
    const error = `You already created this ${type} repo`;
    throw new Refusal(json({ error, url }, { 'x-error-message': error }, 409));
  }
  const files: Record<string, Uint8Array | Content> = {
    '.gitattributes': asText('*.safetensors filter=lfs diff=lfs merge=lfs -text\n'),
  };
  if (fields['license']) files['README.md'] = asText(`---\nlicense: ${fields['license']}\n---\n`);
  for (const file of (fields['files'] ?? []) as readonly NewFile[]) {
    files[file.path] = Buffer.from(file.content, file.encoding === 'base64' ? 'base64' : 'utf8');
  }
  const isPrivate = fields['visibility'] === 'private' || fields['private'] === true;
  const repo = { id, type, files: Object.fromEntries(asMap(files)), private: isPrivate };
  state.repos.set(keyOf(type, id), storeRepo(repo, state.now()));
  return json({ url, name: id, id });
}

async function remove(state: HubState, ask: Ask): Promise<Reply> {
  const { type, id } = named(state, ask, await readJson(ask));
  if (!state.repos.delete(keyOf(type, id))) {
    throw refuse(404, 'Repository not found', 'RepoNotFound');
  }
  return json('OK');
}

/** Which repo, once the token is known to have the right; without an owner it is the token's account. */
function named(state: HubState, ask: Ask, fields: Readonly<Record<string, unknown>>) {
  const token = neededToken(state, ask);
  const type: StoredRepo['type'] = fields['type'] === 'dataset' ? 'dataset' : 'model';
  const id = `${fields['organization'] ?? token.account.name}/${fields['name']}`;
  if (!/^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(id)) throw refuse(400, `Invalid repo name: ${id}`);
  checkRight(token, id, ['manage-repos', 'contribute-repos']);
  return { type, id };
}
