import { expect } from 'vitest';
import { cpuBackend } from '../compute/cpu/backend.ts';
import { definitionBackend } from '../compute/cpu/definition.ts';
import { comparison, type Sample, sampleMerge } from './comparison.ts';
import { mergePlanes } from './merge-planes.ts';

/** Merges a sample on both backends; fails where the GPU is further off than the definition allows. */
export async function compare(device: GPUDevice, sample: Sample): Promise<void> {
  const { failure } = await comparison(device, sample);
  if (failure !== null) expect.fail(failure);
}

/** Merges a sample with the compiled shaders; fails where a byte, an answer or a count is not the definition's. */
export async function same(sample: Sample): Promise<void> {
  const merge = sampleMerge(sample);
  const wanted = await mergePlanes(definitionBackend(), merge);
  const got = await mergePlanes(cpuBackend(), merge);
  const about = JSON.stringify({ ...sample, method: merge.method.id, global: merge.global });
  expect(got.measured, about).toEqual(wanted.measured);
  expect([got.saturated, got.nonFinite], about).toEqual([wanted.saturated, wanted.nonFinite]);
  const first = got.bytes.findIndex((byte, i) => byte !== wanted.bytes[i]);
  expect(first, about).toBe(-1);
}
