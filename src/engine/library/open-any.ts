import type { LeftOut } from '../../formats/beside.ts';
import { FormatError } from '../../formats/error.ts';
import type { Model } from '../../formats/model.ts';
import { openModel } from '../../formats/open-model.ts';
import type { ReadableFile } from '../../formats/safetensors/header.ts';
import { adapterPickle } from '../../formats/weight-files.ts';
import { openAdapter } from '../../lora/read/open-adapter.ts';

/**
 * A model of weights, or an adapter: which of the two is told by the names of its tensors, so headers are
 * read first as those of weights. Throws `FormatError`; errors of reading pass through.
 */
export async function openAny(
  id: string,
  name: string,
  files: readonly ReadableFile[],
  signal?: AbortSignal,
  leftOut: readonly LeftOut[] = [],
): Promise<Model> {
  // What torch saved is opened only where it is an adapter's.
  if (files.some((file) => adapterPickle.test(baseName(file.name)))) {
    return openAdapter(id, name, files, signal, leftOut);
  }
  try {
    return await openModel(id, name, files, signal, leftOut);
  } catch (error) {
    if (!(error instanceof FormatError && error.tag === 'adapter')) throw error;
    return openAdapter(id, name, files, signal, leftOut);
  }
}

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
