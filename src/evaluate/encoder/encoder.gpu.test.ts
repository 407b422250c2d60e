import { expect } from 'vitest';
import { farthest } from '../../testing/forward-steps.ts';
import { gpuTest } from '../../testing/gpu.ts';
import { encoderTexts, tinyEncoders } from '../../testing/tiny-encoder.ts';
import { CpuProcessor } from '../forward/cpu.ts';
import { GpuProcessor } from '../forward/gpu.ts';
import { encoderOf } from './architecture.ts';
import { Encoder } from './encoder.ts';

const { signal } = new AbortController();

gpuTest('the rows of an encoder are those of the CPU', async (device) => {
  const [{ config, weights }] = tinyEncoders;
  const run = async (processor: CpuProcessor | GpuProcessor) => {
    const encoder = await Encoder.load(encoderOf(config), weights, processor);
    const found: number[][] = [];
    await encoder.encode(encoderTexts, (_, rows) => found.push([...rows]), { signal });
    encoder.dispose();
    return found.flat();
  };
  const cpu = await run(new CpuProcessor());
  expect(farthest(await run(new GpuProcessor(device)), cpu)).toBeLessThan(1e-5);
});
