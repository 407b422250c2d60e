import { parseWeightName } from '../formats/weight-files.ts';
import type { Naming } from './layout.ts';
import type { Participants } from './participants.ts';

/**
 * Names under which libraries look for weights. transformers and sentence-transformers want "model",
 * diffusers "diffusion_pytorch_model"; a component keeps what it has, without its variant. A lone file of any
 * name becomes "model". Modules of sentence-transformers that are no models of their own (Dense) are read
 * from one file only.
 */
export function namingOf({ recipe, reference }: Participants): (component: string) => Naming {
  const { shardBytes } = recipe.output;
  return (name) => {
    const file = reference.files.find(({ component }) => component === name);
    const base = file?.name.slice(file.name.lastIndexOf('/') + 1) ?? 'model.safetensors';
    const { stem } = parseWeightName(base);
    const isKept = name !== '' || stem === 'diffusion_pytorch_model';
    const config = reference.components.find((component) => component.name === name)?.config;
    const isModel =
      name === '' || ['model_type', '_class_name'].some((key) => key in (config ?? {}));
    return { stem: isKept ? stem : 'model', shardBytes: isModel ? shardBytes : null };
  };
}
