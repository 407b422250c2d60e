import { createHash } from 'node:crypto';
import { readableRepo } from './access.ts';
import { type Content, sha256Of } from './content.ts';
import {
  type Ask,
  type Headers,
  json,
  parseRange,
  type Reply,
  type Route,
  ranged,
  refuse,
} from './exchange.ts';
import { typeOf } from './models.ts';
import { apiRepo, revision } from './paths.ts';
import { keyOf, type StoredRepo, storageOf } from './repo.ts';
import { checkSigned, signedUrl } from './signed.ts';
import type { HubState } from './state.ts';

/*
 * Reading Xet files: https://huggingface.co/docs/xet. Here a file is cut into chunks of one size, stored without
 * compression, and a run of chunks is a xorb; the real store cuts by content and compresses.
 */

const fileInfoType = 'application/vnd.xet-fileinfo+json';
const chunkBytes = 64 * 2 ** 10;
const chunksInXorb = 256;
const chunkHeaderBytes = 8;
const storedChunkBytes = chunkBytes + chunkHeaderBytes;

export function xetRoutes(state: HubState): readonly Route[] {
  return [
    {
      origin: 'hub',
      method: 'GET',
      path: new RegExp(`${apiRepo}/xet-read-token/${revision}$`),
      handle: (ask, { kind, id }) => readToken(state, ask, typeOf(kind), id),
    },
    {
      origin: 'cas',
      method: 'GET',
      path: /^\/v2\/reconstructions\/(?<hash>[0-9a-f]{64})$/,
      handle: (ask, { hash }) => reconstruction(state, ask, hash),
    },
    {
      origin: 'cdn',
      method: 'GET',
      path: /^\/xorbs\/(?<hash>[0-9a-f]{64})\/(?<index>\d+)$/,
      handle: (ask, { hash, index }) => {
        checkSigned(state, ask);
        return ranged(ask, xorb(neededFile(state, hash), Number(index)), {});
      },
    },
  ];
}

/** A name for the content; the real one is a Merkle hash of its chunks. */
export function xetHashOf(content: Content): string {
  return createHash('sha256')
    .update(`xet ${sha256Of(content)}`)
    .digest('hex');
}

export function isXetAsked(ask: Ask): boolean {
  return (ask.headers['accept'] ?? '').includes(fileInfoType);
}

/** Where to get a token for the store and where to ask it (https://huggingface.co/docs/xet/file-id). */
export function xetHeaders(
  state: HubState,
  repo: StoredRepo,
  commit: string,
  content: Content,
): Headers {
  const { hub, cas } = state.addresses;
  const hash = xetHashOf(content);
  const auth = `${hub}/api/${repo.type}s/${repo.id}/xet-read-token/${commit}`;
  const info = `${cas}/v1/reconstructions/${hash}`;
  const link = `<${auth}>; rel="xet-auth", <${info}>; rel="xet-reconstruction-info"`;
  return { 'x-xet-hash': hash, link };
}

/** The answer to an `Accept` that names the type: no bytes, and how to get them from the store. */
export function xetFileInfo(content: Content, headers: Headers): Reply {
  return json({ hash: xetHashOf(content) }, { ...headers, 'content-type': fileInfoType });
}

const casToken = 'cas-read-token';

/** https://huggingface.co/docs/xet/auth. */
function readToken(state: HubState, ask: Ask, type: StoredRepo['type'], id: string): Reply {
  readableRepo(state, ask, type, id);
  const exp = Math.floor(state.now() / 1000) + state.limits.addressSeconds;
  const key = keyOf(type, id);
  return json({ accessToken: `${casToken} ${key}`, casUrl: state.addresses.cas, exp });
}

/** Terms and their places for a range of the file (https://huggingface.co/docs/xet/api, reconstructions). */
function reconstruction(state: HubState, ask: Ask, hash: string): Reply {
  if (!ask.headers['authorization']?.startsWith(`Bearer ${casToken} `)) {
    throw refuse(401, 'Unauthorized');
  }
  const content = neededFile(state, hash);
  const all = { begin: 0, end: content.size };
  const { begin, end } = parseRange(ask.headers['range'], content.size) ?? all;
  if (begin >= content.size) throw refuse(416, 'Range Not Satisfiable');
  const [first, last] = [Math.floor(begin / chunkBytes), Math.ceil(end / chunkBytes)];
  const terms: unknown[] = [];
  const xorbs: Record<string, unknown> = {};
  for (let at = first; at < last; ) {
    const index = Math.floor(at / chunksInXorb);
    const offset = index * chunksInXorb;
    const stop = Math.min(last, offset + chunksInXorb);
    const chunks = { start: at - offset, end: stop - offset };
    const name = xorbHash(hash, index);
    const unpacked = Math.min(stop * chunkBytes, content.size) - at * chunkBytes;
    const bytes = {
      start: chunks.start * storedChunkBytes,
      end: chunks.start * storedChunkBytes + unpacked + (stop - at) * chunkHeaderBytes - 1,
    };
    const url = signedUrl(state, 'cdn', `/xorbs/${hash}/${index}`);
    terms.push({ hash: name, unpacked_length: unpacked, range: chunks });
    xorbs[name] = [{ url, ranges: [{ chunks, bytes }] }];
    at = stop;
  }
  return json({ offset_into_first_range: begin - first * chunkBytes, terms, xorbs });
}

function xorbHash(hash: string, index: number): string {
  return createHash('sha256').update(`${hash} ${index}`).digest('hex');
}

/** Chunks after one another, each behind its header (https://huggingface.co/docs/xet/xorb). */
function xorb(content: Content, index: number): Content {
  const from = index * chunksInXorb * chunkBytes;
  const raw = Math.min(content.size - from, chunksInXorb * chunkBytes);
  if (raw <= 0) throw refuse(404, 'NoSuchKey');
  const count = Math.ceil(raw / chunkBytes);
  return {
    size: raw + count * chunkHeaderBytes,
    read(begin, end) {
      const [first, last] = [
        Math.floor(begin / storedChunkBytes),
        Math.ceil(end / storedChunkBytes),
      ];
      const chunks = Array.from({ length: last - first }, (_, i) => {
        const at = (first + i) * chunkBytes;
        return chunk(content.read(from + at, from + Math.min(raw, at + chunkBytes)));
      });
      const start = first * storedChunkBytes;
      return Buffer.concat(chunks).subarray(begin - start, end - start);
    },
  };
}

/** Version 0, stored length, scheme 0 (none), raw length; lengths are three bytes, little-endian. */
function chunk(raw: Uint8Array): Uint8Array {
  const length = [raw.length & 255, (raw.length >> 8) & 255, raw.length >> 16];
  return Buffer.concat([Uint8Array.from([0, ...length, 0, ...length]), raw]);
}

function neededFile(state: HubState, hash: string): Content {
  for (const repo of state.repos.values()) {
    for (const { files } of repo.commits.values()) {
      for (const [path, content] of files) {
        if (storageOf(repo, path, content) === 'xet' && xetHashOf(content) === hash) return content;
      }
    }
  }
  throw refuse(404, 'File not found');
}
