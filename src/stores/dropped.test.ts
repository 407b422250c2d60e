import { expect, test } from 'vitest';
import { sortOffered } from './dropped.ts';

const offer = async (paths: readonly string[], folders: readonly string[] = []) => {
  const offered = paths.map((path) => ({ path, file: new File(['x'], path) }));
  const { candidates, refused } = await sortOffered(offered, folders);
  return {
    models: candidates.map(({ name }) => name),
    refused: refused.map(({ name, tag }) => [name, tag]),
    advice: refused.map(({ advice }) => advice),
  };
};
const good = ['good/model.safetensors', 'good/config.json', 'good/README.md'];

test('a folder of which the browser shows nothing is named, beside a good one too', async () => {
  const { models, refused, advice } = await offer(good, ['good', '0a1b2c']);
  expect(models).toEqual(['good']);
  expect(refused).toEqual([['0a1b2c', 'links']]);
  expect(advice[0]).toContain('Files…');
  expect((await offer([], ['0a1b2c'])).refused).toEqual([['0a1b2c', 'links']]);
});

test('each thing of which nothing could be used is named, once', async () => {
  const paths = [...good, 'papers/a.pdf', 'papers/b.pdf', 'notes.txt', 'old/model.bin'];
  expect((await offer(paths, ['good', 'papers', 'old'])).refused).toEqual([
    ['old/model.bin', 'pickle'],
    ['papers/a.pdf', 'no-model'],
    ['notes.txt', 'no-model'],
  ]);
});

test('files that were chosen together are one folder: papers among them are not named', async () => {
  const { models, refused } = await offer([
    'model.safetensors',
    'config.json',
    'README.md',
    'LICENSE',
  ]);
  expect([models, refused]).toEqual([['model'], []]);
});

test('nothing at all is said, too', async () => {
  expect((await offer([])).refused).toEqual([['The drop', 'no-model']]);
});
