import { createHash } from 'node:crypto';
import { vi } from 'vitest';
import type { Publication, PublishProgress } from '../hub/publication.ts';
import { publish } from '../hub/publish.ts';
import { fakeSurroundings } from './fake-surroundings.ts';
import { stubFetch } from './stub-fetch.ts';

export const hubUrl = 'https://hub.test';
const weights = new Uint8Array(3_000).fill(7);
const sha256 = createHash('sha256').update(weights).digest('hex');
const config = '{"a":1}';
const blobId = createHash('sha1').update(`blob ${config.length}\0${config}`).digest('hex');

const publication: Publication = {
  repo: 'ada/merged',
  create: true,
  visibility: 'private',
  license: 'mit',
  title: 'Add the merged model',
  description: '',
  files: [
    { path: 'config.json', file: new File([config], 'config.json'), sha256: 'unused' },
    { path: 'model.safetensors', file: new File([weights], 'm'), sha256 },
  ],
};

export const pushedFiles = [
  { rfilename: 'config.json', size: config.length, blobId },
  { rfilename: 'model.safetensors', size: 3_000, blobId: 'p', lfs: { sha256 } },
];

/** A Hub that takes large files by plain PUT; `special` answers first where it likes. */
export function uploadHub(special: (path: string) => Response | null = () => null) {
  const stub = stubFetch(hubUrl, ({ path }) => {
    const own = special(path);
    if (own) return own;
    if (path === '/api/repos/create') return Response.json({ url: '', id: '1' });
    if (path === '/api/repos/delete') return Response.json({});
    if (path.includes('/preupload/')) {
      return Response.json({
        files: [
          { path: 'config.json', uploadMode: 'regular' },
          { path: 'model.safetensors', uploadMode: 'lfs' },
        ],
      });
    }
    if (path.endsWith('/objects/batch')) {
      const actions = { upload: { href: 'https://store.test/put' } };
      return Response.json({ transfer: 'basic', objects: [{ oid: sha256, size: 3_000, actions }] });
    }
    if (path.startsWith('https://store.test')) return new Response('');
    if (path.includes('/commit/')) {
      return Response.json({ commitOid: 'c0ffee', commitUrl: `${hubUrl}/c`, hookOutput: '' });
    }
    return Response.json({ id: 'ada/merged', sha: 'c0ffee', siblings: pushedFiles });
  });
  const fetch: typeof stub.fetch = async (input, init) => {
    const response = await stub.fetch(input, init);
    init?.signal?.throwIfAborted();
    return response;
  };
  vi.stubGlobal('fetch', fetch);
  const progress: PublishProgress[] = [];
  const connection = { hubUrl, token: 'hf_secret', fetch };
  const surroundings = fakeSurroundings();
  const run = (changes: Partial<Publication> = {}, signal?: AbortSignal) =>
    publish(
      connection,
      { ...publication, ...changes },
      {
        signal,
        surroundings,
        onProgress: (each) => progress.push(each),
      },
    );
  const paths = () => stub.requests.map(({ method, path }) => `${method} ${path}`);
  return { run, progress, paths, requests: stub.requests, surroundings };
}
