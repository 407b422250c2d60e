import { neededCommit, writableRepo } from './access.ts';
import { asContent, type Content, sha256Of } from './content.ts';
import { type Ask, type Headers, json, type Reply, type Route, refuse } from './exchange.ts';
import { typeOf } from './models.ts';
import { apiRepo, revision } from './paths.ts';
import { addCommit, keyOf, type StoredRepo } from './repo.ts';
import type { HubState } from './state.ts';

type Value = Readonly<Record<string, unknown>>;
type Line = { readonly key: string; readonly value: Value };

/** One commit as lines of JSON: `create_commit` of https://huggingface.co/docs/hub/api. */
export function commitRoutes(state: HubState): readonly Route[] {
  return [
    {
      origin: 'hub',
      method: 'POST',
      path: new RegExp(`${apiRepo}/commit/${revision}$`),
      handle: (ask, groups) => commit(state, ask, groups),
    },
  ];
}

async function commit(state: HubState, ask: Ask, { kind, id, rev }: Headers): Promise<Reply> {
  const repo = writableRepo(state, ask, typeOf(kind), id);
  const head = neededCommit(repo, rev);
  const lines = parseLines(new TextDecoder().decode(await ask.body()));
  const header = lines.find(({ key }) => key === 'header')?.value;
  if (!header?.['summary']) throw refuse(400, 'A commit needs a summary');
  const parent = header['parentCommit'];
  if (parent !== undefined && parent !== head.oid) {
    throw refuse(412, 'A commit has happened since. Please refresh and try again.');
  }
  const files = new Map(head.files);
  for (const line of lines) change(state, files, line);
  const isRequest = ask.url.searchParams.get('create_pr') === '1';
  const branch = isRequest ? `refs/pr/${requestCount(repo) + 1}` : rev;
  const date = new Date(state.now()).toISOString();
  const { oid } = addCommit(repo, branch, { title: String(header['summary']), date, files });
  const page = `${state.addresses.hub}/${keyOf(repo.type, repo.id)}`;
  const request = { pullRequestUrl: `${page}/discussions/${requestCount(repo)}` };
  return json({
    success: true,
    commitOid: oid,
    commitUrl: `${page}/commit/${oid}`,
    hookOutput: '',
    ...(isRequest ? request : {}),
  });
}

function requestCount({ refs }: StoredRepo): number {
  return [...refs.keys()].filter((name) => name.startsWith('refs/pr/')).length;
}

function parseLines(text: string): readonly Line[] {
  try {
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  } catch {
    throw refuse(400, 'The commit is not made of lines of JSON');
  }
}

function change(state: HubState, files: Map<string, Content>, { key, value }: Line): void {
  const path = String(value['path']);
  if (key === 'file') {
    const encoding = value['encoding'] === 'base64' ? 'base64' : 'utf8';
    files.set(path, asContent(Buffer.from(String(value['content']), encoding)));
  } else if (key === 'lfsFile') {
    files.set(path, uploaded(state, path, value));
  } else if (key === 'deletedFile' && !files.delete(path)) {
    throw refuse(404, `${path} does not exist`, 'EntryNotFound');
  }
}

/** What was put into storage for this file; refused unless it is what the commit says it is. */
function uploaded(state: HubState, path: string, { oid, size }: Value): Content {
  const bytes = state.objects.get(String(oid));
  if (!bytes) throw refuse(400, `${path}: LFS pointer pointed to a file that does not exist`);
  const content = asContent(bytes);
  const sha256 = sha256Of(content);
  if (sha256 !== oid) throw refuse(400, `${path}: ${sha256} was uploaded as ${oid}`);
  if (size !== content.size) throw refuse(400, `${path}: ${content.size} bytes, not ${size}`);
  return content;
}
