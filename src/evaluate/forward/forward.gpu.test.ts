import { expect } from 'vitest';
import { awkward, ends, farthest, matmulBy, matmulPlainly } from '../../testing/forward-steps.ts';
import { gpuTest } from '../../testing/gpu.ts';
import { tinyDecoders, tinyTexts } from '../../testing/tiny-decoder.ts';
import { architectureOf } from './architecture.ts';
import { continuations } from './continuation.ts';
import { CpuProcessor } from './cpu.ts';
import { Decoder } from './decoder.ts';
import { GpuProcessor } from './gpu.ts';
import { likelihoods } from './likelihood.ts';

const { signal } = new AbortController();

gpuTest('products of awkward sizes are the plain ones', async (device) => {
  for (const sizes of awkward) {
    for (const end of ends) {
      const processor = new GpuProcessor(device);
      const product = { ...sizes, end, biased: true };
      const made = await matmulBy(processor, product);
      expect(farthest(made, matmulPlainly(product))).toBeLessThan(1e-6);
      processor.dispose();
    }
  }
});

// Biases and a tied head; a window; normed heads. Drivers in software compile for seconds.
for (const { name, config, weights, greedy } of [1, 4, 7].map((at) => tinyDecoders[at])) {
  gpuTest(`${name}: likelihoods and continuations are those of the CPU`, async (device) => {
    const texts = tinyTexts.map((ids) => ({ ids, first: 1 }));
    const run = async (processor: CpuProcessor | GpuProcessor) => {
      const decoder = await Decoder.load(architectureOf(config), weights, processor);
      const found = await likelihoods(decoder, texts, { signal });
      const options = { maxTokens: greedy.length, ends: [], signal };
      const next = await continuations(decoder, [tinyTexts[1], tinyTexts[0]], options);
      decoder.dispose();
      return { found: found.flat(), next: next[1] };
    };
    const [cpu, gpu] = [await run(new CpuProcessor()), await run(new GpuProcessor(device))];
    expect(gpu.next).toEqual(greedy);
    expect(farthest(gpu.found, cpu.found)).toBeLessThan(1e-5);
  });
}

gpuTest('a tensor that no binding takes is refused', async (device) => {
  const processor = new GpuProcessor(device);
  const { maxStorageBufferBindingSize: most } = device.limits;
  expect(() => processor.take(most / 4 + 4)).toThrow(RangeError);
  processor.dispose();
});
