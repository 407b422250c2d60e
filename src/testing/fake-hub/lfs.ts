import { createHash } from 'node:crypto';
import { writableRepo } from './access.ts';
import {
  type Ask,
  type Headers,
  json,
  type Reply,
  type Route,
  readJson,
  refuse,
  reply,
} from './exchange.ts';
import { typeOf } from './models.ts';
import { apiRepo, revision, webRepo } from './paths.ts';
import { isLarge, type StoredRepo } from './repo.ts';
import { checkSigned, signedUrl } from './signed.ts';
import type { HubState } from './state.ts';

/** What the client says of a file before it sends it, and where it then sends a large one. */
export function lfsRoutes(state: HubState): readonly Route[] {
  const git = String.raw`${webRepo}\.git/info/lfs/objects`;
  const upload = (ask: Ask, { kind = '', id }: Headers) =>
    writableRepo(state, ask, typeOf(kind), id);
  return [
    {
      origin: 'hub',
      method: 'POST',
      path: new RegExp(`${apiRepo}/preupload/${revision}$`),
      handle: async (ask, groups) => {
        upload(ask, groups);
        return preupload(await readJson(ask));
      },
    },
    {
      origin: 'hub',
      method: 'POST',
      path: new RegExp(`${git}/batch$`),
      handle: async (ask, groups) => batch(state, upload(ask, groups), await readJson(ask)),
    },
    {
      origin: 'hub',
      method: 'POST',
      path: new RegExp(`${git}/verify$`),
      handle: async (ask, groups) => {
        upload(ask, groups);
        return verify(state, await readJson(ask));
      },
    },
    {
      origin: 'cdn',
      method: 'PUT',
      path: /^\/uploads\/(?<oid>[0-9a-f]{64})(?:\/(?<part>\d+))?$/,
      handle: (ask, groups) => store(state, ask, groups),
    },
    {
      origin: 'hub',
      method: 'POST',
      path: /^\/api\/complete_multipart$/,
      handle: (ask) => complete(state, ask),
    },
  ];
}

/** Text goes into the commit itself; weights, binaries and what exceeds 10 MB go to storage. */
function preupload({ files }: Readonly<Record<string, unknown>>): Reply {
  const asked = files as readonly { path: string; size: number; sample: string }[];
  const answers = asked.map(({ path, size, sample }) => {
    const isBinary = Buffer.from(sample, 'base64').includes(0);
    return { path, uploadMode: isBinary || isLarge(path, size) ? 'lfs' : 'regular' };
  });
  return json({ files: answers });
}

type BatchObject = { readonly oid: string; readonly size: number };

/**
 * https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md. An object without actions is already there.
 * `multipart` is the Hub's own transfer; `xet` is offered by the client and never taken here.
 */
function batch(
  state: HubState,
  repo: StoredRepo,
  { operation, transfers, objects }: Readonly<Record<string, unknown>>,
): Reply {
  if (operation !== 'upload') throw refuse(422, 'Only uploads are served here');
  const asked = objects as readonly BatchObject[];
  const isInParts =
    (transfers as readonly string[]).includes('multipart') &&
    asked.some(({ size }) => size > state.limits.partBytes);
  const prefix = repo.type === 'dataset' ? 'datasets/' : '';
  const verifyHref = `${state.addresses.hub}/${prefix}${repo.id}.git/info/lfs/objects/verify`;
  const answers = asked.map(({ oid, size }) => {
    if (!/^[0-9a-f]{64}$/.test(oid)) {
      return { oid, size, error: { code: 422, message: 'The oid is no sha256' } };
    }
    if (state.objects.has(oid)) return { oid, size };
    const upload = size > state.limits.partBytes ? inParts(state, oid, size) : whole(state, oid);
    return { oid, size, authenticated: true, actions: { upload, verify: { href: verifyHref } } };
  });
  const type = { 'content-type': 'application/vnd.git-lfs+json' };
  return json({ transfer: isInParts ? 'multipart' : 'basic', objects: answers }, type);
}

function whole(state: HubState, oid: string) {
  return { href: signedUrl(state, 'cdn', `/uploads/${oid}`) };
}

/** An address for each part, under its five-digit number, and one to call when all are there. */
function inParts(state: HubState, oid: string, size: number) {
  const count = Math.ceil(size / state.limits.partBytes);
  const parts = Array.from({ length: count }, (_, i) => [
    String(i + 1).padStart(5, '0'),
    signedUrl(state, 'cdn', `/uploads/${oid}/${i + 1}`),
  ]);
  return {
    href: signedUrl(state, 'hub', '/api/complete_multipart', { oid }),
    header: { chunk_size: String(state.limits.partBytes), ...Object.fromEntries(parts) },
  };
}

async function store(state: HubState, ask: Ask, { oid, part }: Headers): Promise<Reply> {
  checkSigned(state, ask);
  const bytes = await ask.body();
  if (part === undefined) state.objects.set(oid, bytes);
  else state.parts.set(`${oid}/${part}`, bytes);
  return reply(200, { etag: etagOf(bytes) });
}

function etagOf(bytes: Uint8Array): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

async function complete(state: HubState, ask: Ask): Promise<Reply> {
  checkSigned(state, ask);
  const { oid, parts } = await readJson(ask);
  if (oid !== ask.url.searchParams.get('oid')) throw refuse(400, 'Another object was announced');
  const named = parts as readonly { partNumber: number; etag: string }[];
  const pieces = named.map(({ partNumber, etag }) => {
    const bytes = state.parts.get(`${oid}/${partNumber}`);
    if (!bytes || etagOf(bytes) !== etag) throw refuse(400, `Part ${partNumber} is missing`);
    state.parts.delete(`${oid}/${partNumber}`);
    return bytes;
  });
  state.objects.set(String(oid), Buffer.concat(pieces));
  return json({ success: true });
}

function verify(state: HubState, { oid, size }: Readonly<Record<string, unknown>>): Reply {
  if (state.objects.get(String(oid))?.length === size) return json({});
  throw refuse(404, 'The object is not in storage');
}
