/** Kernels over data that lies on the GPU: what the passes of a merge take by the GPU's clock. */
import { gpuBackend } from '../../src/compute/gpu/backend.ts';
import { methods } from '../../src/methods/registry.ts';
import { blocksFor, bytesOf, type Case, merge } from '../merge.ts';
import { type Row, rounded } from '../part.ts';
import { median, type Pass, type PassTimes } from './pass-times.ts';

export type ResidentRows = { readonly maps: readonly Row[]; readonly measures: readonly Row[] };

export async function measureResident(
  device: GPUDevice,
  times: PassTimes,
  elements: number,
  repeats: number,
  copied: number,
): Promise<ResidentRows> {
  const dtypes = ['BF16', 'F32', 'F16'] as const;
  const cases: readonly Case[] = [
    ...dtypes.flatMap((dtype) =>
      methods.map((method) => ({ method, dialect: 'paper', dtype, elements }) as const),
    ),
    ...methods.map((method) => ({ method, dialect: 'mergekit', dtype: 'BF16', elements }) as const),
  ];
  const maps: Row[] = [];
  const measures: Row[] = [];
  for (const one of cases) {
    const rows = await measureCase(one, device, times, repeats, copied);
    maps.push(...rows.maps);
    measures.push(...rows.measures);
  }
  return { maps, measures };
}

async function measureCase(
  one: Case,
  device: GPUDevice,
  times: PassTimes,
  repeats: number,
  copied: number,
): Promise<ResidentRows> {
  const blocks = blocksFor(one);
  const backend = gpuBackend(device, 'bench');
  const measuring: (readonly Pass[])[] = [];
  const mapping: (readonly Pass[])[] = [];
  times.forget();
  // The first turn compiles and makes buffers; it is not counted.
  for (let repeat = -1; repeat < repeats; repeat++) {
    let measured: readonly Pass[] = [];
    await merge(one, blocks, backend, async () => {
      measured = await times.take();
    });
    const mapped = await times.take();
    if (repeat < 0) continue;
    measuring.push(measured);
    mapping.push(mapped);
  }
  backend.dispose();
  const { read, moved } = bytesOf(blocks);
  const row = (turns: readonly (readonly Pass[])[], shader: string, bytes: number): Row => {
    const ours = turns.map((passes) => passes.filter(({ name }) => name.startsWith(shader)));
    const seconds = median(ours.map((all) => all.reduce((sum, pass) => sum + pass.seconds, 0)));
    return {
      method: one.method.id,
      dialect: one.dialect,
      dtype: one.dtype,
      shader,
      passes: ours[0].length,
      ms: rounded(seconds * 1000),
      'M elements/s': rounded(one.elements / seconds / 1e6),
      'GB/s': rounded(bytes / seconds / 1e9),
      '% of copy': rounded((100 * bytes) / seconds / copied),
    };
  };
  const asked = ['sample', 'select', 'reduce'].filter((shader) =>
    measuring[0].some(({ name }) => name.startsWith(shader)),
  );
  return {
    maps: [row(mapping, 'map', moved)],
    measures: asked.map((shader) => row(measuring, shader, read)),
  };
}
