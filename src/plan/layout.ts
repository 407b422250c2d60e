import { identityOf, storedName } from '../formats/model.ts';
import { layOut, shardName, type TensorSpec, writeIndex } from '../formats/safetensors/write.ts';
import { groupBy } from './finding.ts';
import type { UnplacedJob } from './jobs.ts';
import type { Job, OutputFile, SideFile } from './types.ts';

export type OutputLayout = {
  readonly files: readonly OutputFile[];
  /** In the order they are written: by file, then by offset. */
  readonly jobs: readonly Job[];
  /** `model.safetensors.index.json` of each component that has shards. */
  readonly indices: readonly SideFile[];
};

/** How the weight files of a component are named and cut. */
export type Naming = {
  /** "model", or "diffusion_pytorch_model". */
  readonly stem: string;
  /** Largest shard in bytes; null where its library reads one file only. */
  readonly shardBytes: number | null;
};

/**
 * Splits jobs into output files, component by component, and lays out each: complete header, order of
 * tensors. A shard is closed when the next tensor would take it over its size (tensor bytes, as transformers
 * counts); a tensor larger than that gets a shard of its own.
 */
export function layOutFiles(
  jobs: readonly UnplacedJob[],
  namingOf: (component: string) => Naming,
  metadata: Readonly<Record<string, string>>,
): OutputLayout {
  const files: OutputFile[] = [];
  const placed: Job[] = [];
  const indices: SideFile[] = [];
  const components = groupBy(jobs, ({ component }) => component);
  for (const [component, own] of components.size > 0 ? components : [['', []] as const]) {
    const { stem, shardBytes } = namingOf(component);
    const byName = new Map(own.map((job) => [nameInFile(component, job), job]));
    const shards = split(own, shardBytes ?? Number.POSITIVE_INFINITY).map((shard, index, all) => ({
      name: shardName(index, all.length, stem),
      tensors: shard.map((job): TensorSpec => {
        return { name: nameInFile(component, job), dtype: job.dtype, shape: job.shape };
      }),
    }));
    for (const { name, tensors } of shards) {
      const layout = layOut(tensors, metadata);
      for (const tensor of layout.tensors) {
        const { component: _, ...job } = byName.get(tensor.name)!;
        placed.push({ ...job, file: files.length });
      }
      const { header, byteLength } = layout;
      files.push({ name: identityOf(component, name), component, header, byteLength });
    }
    if (shards.length > 1) {
      const name = identityOf(component, `${stem}.safetensors.index.json`);
      indices.push({ name, text: writeIndex(shards) });
    }
  }
  return { files, jobs: placed, indices };
}

/** What a tensor is called in the file of its component. */
export function nameInFile(component: string, job: Pick<Job, 'tensor' | 'storedAs'>): string {
  return job.storedAs ?? storedName(component, job.tensor);
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
