import { sha256 } from 'hash-wasm';
import { expect, test } from 'vitest';
import { filesToPublish } from './publication.ts';

const card = '---\nbase_model:\n- "a/b"\n---\n\n# Merge\n';
const files = [new File([card], 'README.md'), new File(['weights'], 'model.safetensors')];

test('the licence stands in the front matter of the card, and in its hash', async () => {
  const sums = { 'README.md': 'old', 'model.safetensors': 'known' };
  const [readme, weights] = await filesToPublish(files, { license: 'apache-2.0', sums });
  const text = await readme.file.text();
  expect(text).toBe(card.replace('---\n', '---\nlicense: "apache-2.0"\n'));
  expect(readme.sha256).toBe(await sha256(text));
  expect(weights).toEqual({ path: 'model.safetensors', file: files[1], sha256: 'known' });
});

test('without a licence every file goes as it is, hashed where no hash is known', async () => {
  const [readme, weights] = await filesToPublish(files, { license: null, sums: {} });
  expect(await readme.file.text()).toBe(card);
  expect(weights.sha256).toBe(await sha256('weights'));
});
