import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { startFakeHub } from '../testing/fake-hub/server.ts';
import { fakeSurroundings } from '../testing/fake-surroundings.ts';
import type { PublishFile } from './publication.ts';
import { publish } from './publish.ts';
import { openRepo } from './repo.ts';

function weightsOf(path: string, fill: number): PublishFile {
  const bytes = new Uint8Array(50_000).fill(fill);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, file: new File([bytes], path), sha256 };
}

test('a second push leaves only its own weights, and the rest of the repo', async () => {
  const hub = await startFakeHub({ repos: [] });
  try {
    const connection = { hubUrl: hub.url, token: 'hf_owner', fetch };
    const push = (create: boolean, files: readonly PublishFile[]) =>
      publish(
        connection,
        {
          repo: 'owner/merged',
          create,
          visibility: 'public',
          license: null,
          title: 'Add the merged model',
          description: '',
          files,
        },
        { surroundings: fakeSurroundings() },
      );
    const config: PublishFile = { path: 'config.json', file: new File(['{}'], 'c'), sha256: '' };
    const old = ['model.safetensors', 'unet/old.safetensors', 'vae/model.safetensors'];
    const index = 'unet/old.safetensors.index.fp16.json';
    const named = { ...config, path: index };
    await push(true, [config, named, ...old.map((path) => weightsOf(path, 1))]);
    const shards = [1, 2].map((k) => weightsOf(`model-0000${k}-of-00002.safetensors`, k));
    const unet = weightsOf('unet/model.safetensors', 3);
    expect(await push(false, [...shards, unet])).toMatchObject({ verified: true, problems: [] });
    const { files } = await openRepo(connection, { repo: 'owner/merged', revision: 'main' });
    const paths = files.map(({ path }) => path).filter((path) => !path.startsWith('.'));
    expect(paths.toSorted()).toEqual([
      'config.json',
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
      'unet/model.safetensors',
      'vae/model.safetensors',
    ]);
  } finally {
    await hub.close();
  }
});
