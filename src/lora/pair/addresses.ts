/**
 * Where a module is: in which part of a pipeline, and under which name there. The same part is called
 * differently by folders, by checkpoints in one file, and by adapters; the tables below say what is the same.
 */

export type Address = {
  /** The parts that the name may speak of; null where it says nothing of parts. */
  readonly parts: readonly string[] | null;
  /** What was taken off in front: tells places of one part from those of another. */
  readonly group: string;
  readonly name: string;
  /** Whether underscores stand for dots as well: then only a list of names can tell which are which. */
  readonly flat: boolean;
};

/** Components of diffusers, as folders and as adapters name them; Flux's T5 is text_encoder_2, SD3's _3. */
const COMPONENTS: Readonly<Record<string, readonly string[]>> = {
  unet: ['denoiser'],
  transformer: ['denoiser'],
  prior: ['denoiser'],
  text_encoder: ['te1'],
  text_encoder_2: ['te2', 'te3'],
  text_encoder_3: ['te3'],
};

/** Checkpoints in one file: CompVis and Stability AI (embedder 0 of the refiner is OpenCLIP), ComfyUI. */
const CHECKPOINT: Readonly<Record<string, readonly string[]>> = {
  'model.diffusion_model.': ['denoiser'],
  'diffusion_model.': ['denoiser'],
  'cond_stage_model.transformer.': ['te1'],
  'cond_stage_model.model.': ['te1'],
  'conditioner.embedders.0.transformer.': ['te1'],
  'conditioner.embedders.0.model.': ['te2'],
  'conditioner.embedders.1.model.': ['te2'],
  'text_encoders.clip_l.transformer.': ['te1'],
  'text_encoders.clip_g.transformer.': ['te2'],
  'text_encoders.t5xxl.transformer.': ['te3'],
  'first_stage_model.': ['vae'],
};

/** kohya sd-scripts, LyCORIS, OneTrainer. */
const FLAT: Readonly<Record<string, readonly string[] | null>> = {
  lora_unet_: ['denoiser'],
  lora_transformer_: ['denoiser'],
  lora_prior_unet_: ['denoiser'],
  lora_te_: ['te1'],
  lora_prior_te_: ['te1'],
  lora_llm_: ['te1'],
  lora_te1_: ['te1'],
  lora_te2_: ['te2'],
  lora_te3_: ['te3'],
  lycoris_: null,
};

const DOTTED = Object.entries(COMPONENTS).map(([name, parts]) => [`${name}.`, parts] as const);
const IN_FRONT = [...Object.entries(CHECKPOINT), ...DOTTED];

/** All ways to read a module's name, an adapter's or a base's; folders of a base are followed by a slash. */
export function addressesOf(module: string): readonly Address[] {
  const slash = module.lastIndexOf('/');
  if (slash >= 0) {
    const folder = module.slice(0, slash);
    const parts = Object.hasOwn(COMPONENTS, folder) ? COMPONENTS[folder] : [folder];
    return [{ parts, group: `${folder}/`, name: module.slice(slash + 1), flat: false }];
  }
  for (const [group, parts] of Object.entries(FLAT)) {
    if (module.startsWith(group)) return [at(module, group, parts, true)];
  }
  const own = at(module, '', null, false);
  const inFront = IN_FRONT.filter(([group]) => module.startsWith(group));
  return [own, ...inFront.map(([group, parts]) => at(module, group, parts, false))];
}

const at = (module: string, group: string, parts: Address['parts'], flat: boolean): Address => ({
  parts,
  group,
  name: module.slice(group.length),
  flat,
});

/** Whether two addresses may be of the same part. */
export function mayMeet(one: Address['parts'], other: Address['parts']): boolean {
  return one === null || other === null || one.some((part) => other.includes(part));
}

export const flatName = (name: string) => name.replaceAll('.', '_');

/** What libraries put in front of a whole transformer: transformers, PEFT, torch.compile, DDP. */
const WRAPPERS = /^(?:(?:model|language_model|base_model|_orig_mod|module|bert)\.)+(?=.)/;

/** The name without wrappers in front. */
export const coreName = (name: string) => name.replace(WRAPPERS, '');
