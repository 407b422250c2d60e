import type { Architecture } from './architecture.ts';
import type { Kernel, Processor } from './processor.ts';
import { ADDED, GATED, type Matmul, matmulOf, PLAIN } from './product.ts';

export type Kernels = {
  readonly embed: Kernel;
  readonly norm: Kernel;
  readonly normPicked: Kernel;
  readonly heads: Kernel;
  readonly attention: Kernel;
  readonly inputs: Matmul;
  readonly output: Matmul;
  readonly gates: Matmul;
  readonly down: Matmul;
  readonly head: Matmul;
};

/** The shaders as an architecture needs them. Rejects when one does not compile. */
export async function kernelsOf(
  { head, normed, biases }: Architecture,
  processor: Processor,
): Promise<Kernels> {
  const matmul = (ends: number, biased: boolean) => matmulOf(processor, ends, biased);
  return {
    embed: await processor.kernel('embed', {}),
    norm: await processor.kernel('rmsnorm', { PICKS: 0 }),
    normPicked: await processor.kernel('rmsnorm', { PICKS: 1 }),
    heads: await processor.kernel('heads', { HALF: head / 8, NORMED: normed ? 1 : 0 }),
    attention: await processor.kernel('attention', { HALF: head / 8 }),
    inputs: await matmul(PLAIN, biases.inputs),
    output: await matmul(ADDED, biases.output),
    gates: await matmul(GATED, biases.mlp),
    down: await matmul(ADDED, biases.mlp),
    head: await matmul(PLAIN, false),
  };
}
