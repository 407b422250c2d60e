import { expect } from 'vitest';
import { gpuTest } from '../../testing/gpu.ts';
import { blocksOf } from '../../testing/merge-tensor.ts';
import type { Blocks } from '../backend.ts';
import { Planes } from './planes.ts';
import { type Resident, Runner } from './runner.ts';

const signal = new AbortController().signal;

/** 100 bytes in two blocks. */
const tensor = () => blocksOf([new Uint8Array(100)], ['F32'], false, 25, 13);

async function readAll(planes: Planes, blocks: Blocks): Promise<readonly Resident[]> {
  const residents: Resident[] = [];
  for await (const resident of planes.read(blocks, signal, true)) residents.push(resident);
  return residents;
}

gpuTest('a tensor that something still runs on makes no room for another', async (device) => {
  const runner = new Runner(device, 1 << 20);
  const planes = new Planes(runner, 1 << 20, 150);
  const [first, second] = [tensor(), tensor()];
  // All of it was read, and nothing is done with it yet.
  const working = await readAll(planes, first);
  const others = await readAll(planes, second);
  const buffers = [...working, ...others].map(({ buffer }) => buffer);
  expect(new Set(buffers).size).toBe(4);
  for (const resident of working) planes.done(first, resident);
  for (const resident of others) planes.done(second, resident);
  expect(await readAll(planes, first)).toEqual(working);
  runner.destroy();
});

gpuTest('a tensor that nothing runs on makes room', async (device) => {
  const runner = new Runner(device, 1 << 20);
  const planes = new Planes(runner, 1 << 20, 150);
  const [first, second] = [tensor(), tensor()];
  for (const resident of await readAll(planes, first)) planes.done(first, resident);
  const { bytes } = runner;
  const others = await readAll(planes, second);
  expect(runner.bytes).toBe(bytes);
  for (const resident of others) planes.done(second, resident);
  expect(await readAll(planes, second)).toEqual(others);
  runner.destroy();
});

gpuTest('pieces that nobody gave back are free once their tensor is dropped', async (device) => {
  const runner = new Runner(device, 1 << 20);
  const planes = new Planes(runner, 1 << 20, 50);
  for (let turn = 0; turn < 3; turn++) {
    const blocks = tensor();
    expect(await readAll(planes, blocks)).toHaveLength(2);
    planes.drop(blocks);
  }
  // Two pieces of 13 and 12 elements, in the smallest buffers there are.
  expect(runner.bytes).toBe(2 * 256);
  runner.destroy();
});
