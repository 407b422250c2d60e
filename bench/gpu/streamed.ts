/** Merges of tensors in memory: uploads, passes and readbacks, in blocks as the engine cuts them. */
import { gpuBackend } from '../../src/compute/gpu/backend.ts';
import { blockShape } from '../../src/engine/tensor/memory.ts';
import { findMethod } from '../../src/methods/registry.ts';
import { bytesPerElement } from '../../src/numerics/dtype.ts';
import { blocksFor, bytesOf, type Case, merge } from '../merge.ts';
import { type Row, rounded } from '../part.ts';

/** What a run may hold, as the app sets it where there is memory enough. */
const BUDGET = 2 ** 30;

export async function measureStreamed(
  device: GPUDevice,
  elements: number,
  repeats: number,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const id of ['linear', 'ties', 'dare_ties']) {
    const method = findMethod(id);
    if (!method) throw new Error(`There is no ${id} to measure`);
    // Tensors at once: the engine works on two.
    for (const together of [1, 2]) {
      const one = { method, dialect: 'paper', dtype: 'BF16', elements } as const;
      rows.push(await measureCase(one, together, device, repeats));
    }
  }
  return rows;
}

async function measureCase(
  one: Case,
  together: number,
  device: GPUDevice,
  repeats: number,
): Promise<Row> {
  const size = bytesPerElement(one.dtype);
  const planes = blocksFor(one).dtypes.length;
  const { blockElements } = blockShape(one.elements, planes * size, size, BUDGET);
  const backend = gpuBackend(device, 'bench');
  let least = Number.POSITIVE_INFINITY;
  let measuring = 0;
  for (let repeat = -1; repeat < repeats; repeat++) {
    const began = performance.now();
    let between = began;
    await Promise.all(
      Array.from({ length: together }, () =>
        merge(one, blocksFor(one, blockElements), backend, async () => {
          between = performance.now();
        }),
      ),
    );
    const taken = performance.now() - began;
    if (repeat < 0 || taken >= least) continue;
    least = taken;
    measuring = between - began;
  }
  const bytes = backend.bytes;
  backend.dispose();
  const { moved } = bytesOf(blocksFor(one));
  return {
    method: one.method.id,
    Mi: one.elements / 2 ** 20,
    'tensors at once': together,
    'Mi a block': rounded(blockElements / 2 ** 20),
    seconds: rounded(least / 1000),
    'of them measuring': rounded(measuring / 1000),
    'M elements/s': rounded((together * one.elements) / least / 1000),
    'GB/s in and out': rounded((together * moved) / least / 1e6),
    'GPU MiB': rounded(bytes / 2 ** 20),
  };
}
