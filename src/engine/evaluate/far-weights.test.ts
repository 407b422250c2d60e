import { expect, test } from 'vitest';
import type { Model } from '../../formats/model.ts';
import type { Sources } from '../library/sources.ts';
import { farBytesOf } from './far-weights.ts';

const tensor = (begin: number, end: number) => ({
  ...{ file: 'model.safetensors', begin, end, dtype: 'F32', shape: [(end - begin) / 4] },
});
const far = { weights: () => ({ isRemote: true }) } as unknown as Sources;
const modelOf = (tensors: object) =>
  ({ id: 'm', tensors: new Map(Object.entries(tensors)) }) as unknown as Model;

test('an empty tensor takes nothing away from the one that begins where it does', () => {
  const full = tensor(0, 40);
  const empty = tensor(0, 0);
  expect(farBytesOf(modelOf({ full, empty }), far)).toBe(40);
  expect(farBytesOf(modelOf({ empty, full }), far)).toBe(40);
});
