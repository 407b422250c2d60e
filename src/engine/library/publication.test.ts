import { sha256 } from 'hash-wasm';
import { expect, test } from 'vitest';
import { filesToPublish } from './publication.ts';

const card = '---\nbase_model:\n- "a/b"\n---\n\n# Merge\n';
const stored = (path: string, text: string) => ({
  path,
  file: new File([text], path.split('/').at(-1)!),
});
const files = [stored('README.md', card), stored('model.safetensors', 'weights')];
const sums = { 'README.md': 'old', 'model.safetensors': 'known' };

test('the licence stands in the front matter of the card, and in its hash', async () => {
  const [readme, weights] = await filesToPublish(files, { license: 'apache-2.0', sums });
  const text = await readme.file.text();
  expect(text).toBe(card.replace('---\n', '---\nlicense: "apache-2.0"\n'));
  expect(readme.sha256).toBe(await sha256(text));
  expect(weights).toEqual({ path: 'model.safetensors', file: files[1].file, sha256: 'known' });
});

test('without a licence every file goes as it is, hashed where no hash is known', async () => {
  const some = { 'model.safetensors': 'known' };
  const [readme, weights] = await filesToPublish(files, { license: null, sums: some });
  expect(await readme.file.text()).toBe(card);
  expect(readme.sha256).toBe(await sha256(card));
  expect(weights.sha256).toBe('known');
});

test('only what the run wrote goes', async () => {
  const own = ['recipe', 'scores', 'verify'].map((name) => `amalgam-${name}.json`);
  const names = ['.DS_Store', 'notes.txt', ...own];
  const others = [...names, 'toString'].map((name) => stored(name, 'x'));
  const ours = await filesToPublish([...others, ...files], { license: null, sums });
  expect(ours.map(({ path }) => path)).toEqual([...own, 'README.md', 'model.safetensors']);
});

test('a licence with a pattern of replacement stays as it was typed', async () => {
  const [readme] = await filesToPublish(files, { license: "a$&b$'", sums });
  expect(await readme.file.text()).toContain('---\nlicense: "a$&b$\'"\nbase_model');
});

test('a file in a folder keeps its path, and is not taken for the one of its name at the top', async () => {
  const nested = [stored('unet/README.md', 'other'), stored('unet/model.safetensors', 'weights')];
  const known = { 'unet/model.safetensors': 'known' };
  const found = await filesToPublish(nested, { license: 'mit', sums: known });
  expect(found.map(({ path, sha256: sum }) => [path, sum])).toEqual([
    ['unet/model.safetensors', 'known'],
  ]);
});
