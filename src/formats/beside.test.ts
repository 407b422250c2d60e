import { expect, test } from 'vitest';
import { recognise } from './folder.ts';

test('what is left out is listed with its reason', () => {
  const { models, notes } = recognise([
    ...[
      'm/model.safetensors',
      'm/README.md',
      'm/amalgam-recipe.json',
      'm/amalgam-scores.json',
      'm/.gitattributes',
      'm/.git/objects/aa',
      'm/.git/objects/bb',
      'm/__pycache__/x.pyc',
      'm/pytorch_model.bin',
      'm/pytorch_model.bin.index.json',
      'm/model.Q4.gguf',
      'm/onnx/model.onnx',
      'm/onnx/config.json',
      'm/tf_model.h5',
      'm/flax_model.msgpack',
      'm/optimizer.pt',
      'm/docs/README.md',
    ].map((path) => ({ path, size: 100 })),
    { path: 'm/video.mp4', size: 65 * 2 ** 20 },
  ]);
  expect(notes).toEqual([]);
  const [{ companions, leftOut }] = models;
  expect(companions).toEqual(['m/docs/README.md']);
  expect(leftOut.map(({ name, size }) => [name, size])).toEqual([
    ['README.md', 100],
    ['amalgam-recipe.json', 100],
    ['amalgam-scores.json', 100],
    ['.gitattributes', 100],
    ['.git/', 200],
    ['__pycache__/', 100],
    ['pytorch_model.bin', 100],
    ['pytorch_model.bin.index.json', 100],
    ['model.Q4.gguf', 100],
    ['onnx/', 200],
    ['tf_model.h5', 100],
    ['flax_model.msgpack', 100],
    ['optimizer.pt', 100],
    ['video.mp4', 65 * 2 ** 20],
  ]);
  expect(leftOut.filter(({ matters }) => matters).map(({ reason }) => reason)).toEqual([
    '65 MiB, more than the 64 MiB up to which files are copied',
  ]);
});
