import { layOut, shardName, type TensorSpec, writeIndex } from '../formats/safetensors/write.ts';
import type { UnplacedJob } from './jobs.ts';
import type { Job, OutputFile, SideFile } from './types.ts';

export type OutputLayout = {
  readonly files: readonly OutputFile[];
  /** In the order they are written: by file, then by offset. */
  readonly jobs: readonly Job[];
  /** `model.safetensors.index.json`, when there are shards. */
  readonly index: SideFile | null;
};

/**
 * Splits jobs into output files and lays out each: complete header, order of tensors. A shard is closed
 * when the next tensor would take it over `shardBytes` (tensor bytes, as transformers counts); a tensor
 * larger than that gets a shard of its own.
 */
export function layOutFiles(
  jobs: readonly UnplacedJob[],
  shardBytes: number | null,
  metadata: Readonly<Record<string, string>>,
): OutputLayout {
  const shards = split(jobs, shardBytes ?? Number.POSITIVE_INFINITY);
  const named = shards.map((shard, index) => ({
    name: shardName(index, shards.length),
    tensors: shard.map(({ tensor, dtype, shape }): TensorSpec => ({ name: tensor, dtype, shape })),
  }));
  const byName = new Map(jobs.map((job) => [job.tensor, job]));
  const layouts = named.map(({ tensors }) => layOut(tensors, metadata));
  return {
    files: layouts.map(({ header, byteLength }, file) => ({
      name: named[file].name,
      header,
      byteLength,
    })),
    jobs: layouts.flatMap(({ tensors }, file) =>
      tensors.map(({ name }) => ({ ...byName.get(name)!, file })),
    ),
    index:
      shards.length > 1 ? { name: 'model.safetensors.index.json', text: writeIndex(named) } : null,
  };
}

function split(jobs: readonly UnplacedJob[], limit: number): readonly (readonly UnplacedJob[])[] {
  const shards: UnplacedJob[][] = [[]];
  let size = 0;
  for (const job of jobs) {
    if (size > 0 && size + job.byteLength > limit) {
      shards.push([]);
      size = 0;
    }
    shards[shards.length - 1].push(job);
    size += job.byteLength;
  }
  return shards;
}
