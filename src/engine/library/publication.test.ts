import { sha256 } from 'hash-wasm';
import { expect, test } from 'vitest';
import { filesToPublish } from './publication.ts';

const card = '---\nbase_model:\n- "a/b"\n---\n\n# Merge\n';
const files = [new File([card], 'README.md'), new File(['weights'], 'model.safetensors')];
const sums = { 'README.md': 'old', 'model.safetensors': 'known' };

test('the licence stands in the front matter of the card, and in its hash', async () => {
  const [readme, weights] = await filesToPublish(files, { license: 'apache-2.0', sums });
  const text = await readme.file.text();
  expect(text).toBe(card.replace('---\n', '---\nlicense: "apache-2.0"\n'));
  expect(readme.sha256).toBe(await sha256(text));
  expect(weights).toEqual({ path: 'model.safetensors', file: files[1], sha256: 'known' });
});

test('without a licence every file goes as it is, hashed where no hash is known', async () => {
  const some = { 'model.safetensors': 'known' };
  const [readme, weights] = await filesToPublish(files, { license: null, sums: some });
  expect(await readme.file.text()).toBe(card);
  expect(readme.sha256).toBe(await sha256(card));
  expect(weights.sha256).toBe('known');
});

test('only what the run wrote goes', async () => {
  const names = ['.DS_Store', 'notes.txt', 'amalgam-recipe.json', 'amalgam-verify.json'];
  const others = [...names, 'toString'].map((name) => new File(['x'], name));
  const ours = await filesToPublish([...others, ...files], { license: null, sums });
  expect(ours.map(({ path }) => path)).toEqual([
    'amalgam-recipe.json',
    'amalgam-verify.json',
    'README.md',
    'model.safetensors',
  ]);
});

test('a licence with a pattern of replacement stays as it was typed', async () => {
  const [readme] = await filesToPublish(files, { license: "a$&b$'", sums });
  expect(await readme.file.text()).toContain('---\nlicense: "a$&b$\'"\nbase_model');
});
