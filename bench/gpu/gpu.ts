/**
 * What a GPU makes of the shaders: its speed at copying as the yardstick, every kernel over data that lies
 * there, merges with all transfers, and whether its numbers are the definition's.
 */

import { forgetPlanes } from '../merge.ts';
import { numberFlag, type Row, rounded, type Surroundings, type Table } from '../part.ts';
import { findGpu } from './adapter.ts';
import { copySpeed } from './copy.ts';
import { measureLowrank } from './lowrank.ts';
import { measureParity } from './parity.ts';
import { PassTimes } from './pass-times.ts';
import { measureResident } from './resident.ts';
import { measureStreamed } from './streamed.ts';

const mebi = 2 ** 20;

export async function measure(surroundings: Surroundings): Promise<readonly Table[]> {
  const tables: Table[] = [];
  for await (const table of measured(surroundings)) tables.push(table);
  return tables;
}

/** The tables one by one: a run that is cut short has told what it knew. */
export async function* measured(
  surroundings: Pick<Surroundings, 'flags'>,
): AsyncGenerator<Table, void> {
  const { flags } = surroundings;
  const gpu = await findGpu(flags.has('software'));
  if (typeof gpu === 'string') {
    yield { title: gpu, rows: [] };
    return;
  }
  const { device, about, kind } = gpu;
  const hardware = kind === 'hardware';
  const faults: string[] = [];
  device.onuncapturederror = ({ error }) => faults.push(error.message);
  const repeats = numberFlag(surroundings, 'repeats', hardware ? 3 : 1);
  const resident = numberFlag(surroundings, 'resident', hardware ? 32 : 0.25) * mebi;
  const streamed = numberFlag(surroundings, 'streamed', hardware ? 64 : 1) * mebi;
  const minutes = numberFlag(surroundings, 'minutes', hardware ? 1.5 : 0.5);

  yield { title: 'The adapter', rows: [about] };
  const onlyAdapters = flags.get('only') === 'adapters';
  if (!onlyAdapters) {
    if (device.features.has('timestamp-query')) {
      yield* guarded('Kernels', measureKernels(device, resident, repeats, hardware ? 256 : 16));
    } else {
      yield { title: 'Kernels are not measured: the adapter has no timestamp queries', rows: [] };
    }
    yield* guarded('Merges', measureMerges(device, streamed, Math.min(repeats, 3)));
    yield* guarded('Parity', measureParity(device, minutes, !hardware));
  }
  const layers = numberFlag(surroundings, 'layers', hardware ? 4 : 1);
  yield* guarded('Adapters', measureLowrank(device, repeats, layers));
  if (faults.length > 0) yield { title: 'Errors of the device', rows: [], remarks: faults };
}

/** What goes wrong in one part of it is told, and the others still run. */
async function* guarded(name: string, tables: AsyncIterable<Table>): AsyncGenerator<Table, void> {
  try {
    yield* tables;
  } catch (error) {
    yield { title: `${name}: failed`, rows: [], remarks: [String(error)] };
  }
}

async function* measureMerges(
  device: GPUDevice,
  elements: number,
  repeats: number,
): AsyncGenerator<Table, void> {
  const rows = await measureStreamed(device, elements, repeats);
  yield { title: 'Merges of bf16 tensors in memory, uploads and readbacks included', rows };
  forgetPlanes();
}

async function* measureKernels(
  device: GPUDevice,
  elements: number,
  repeats: number,
  copiedMebi: number,
): AsyncGenerator<Table, void> {
  const times = new PassTimes(device);
  const bytes = Math.min(copiedMebi * mebi, device.limits.maxStorageBufferBindingSize);
  const copied = await copySpeed(device, times, bytes, 2 * repeats);
  const copy: Row = { MiB: bytes / mebi, 'GB/s read and written': rounded(copied / 1e9) };
  yield { title: 'The yardstick: a copy by a shader, 16 bytes a load', rows: [copy] };
  const { maps, measures } = await measureResident(device, times, elements, repeats, copied);
  times.stop();
  const title = (what: string) => `${what} over ${elements / mebi} Mi elements that lie on the GPU`;
  const remarks = ['GB/s as if every plane were read once, whatever the passes are.'];
  yield { title: title('Maps'), rows: maps };
  yield { title: title('Measures'), rows: measures, remarks };
}
