import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../testing/memory-source.ts';
import { elementCount } from '../model.ts';
import { readElements } from './read-elements.ts';
import { readTorchFile } from './read-torch-file.ts';

type Expected = { dtype: string; shape: number[]; inCOrder: boolean; bytes: string };

const folder = 'src/testing/torch-files';
const expected: Readonly<Record<string, Readonly<Record<string, Expected>>>> = JSON.parse(
  readFileSync(`${folder}/expected.json`, 'utf8'),
);
const open = (name: string) => memorySource(name, readFileSync(`${folder}/${name}`));

describe('files that torch and PEFT wrote are read as torch reads them', () => {
  test.each(Object.keys(expected))('%s', async (name) => {
    const file = open(name);
    const { tensors } = await readTorchFile(file);
    const found: Record<string, Expected> = Object.create(null);
    for (const tensor of tensors) {
      const bytes = await readElements(file, tensor, 0, elementCount(tensor.shape));
      found[tensor.name] = {
        dtype: tensor.dtype,
        shape: [...tensor.shape],
        inCOrder: tensor.strides === null,
        bytes: Buffer.from(bytes).toString('hex'),
      };
    }
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected[name]).sort());
    for (const key of Object.keys(found))
      expect({ [key]: found[key] }).toEqual({ [key]: expected[name][key] });
  });
});
