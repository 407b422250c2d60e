import type { Dialect, Given } from './dialect.ts';
import { alone } from './single-file.ts';

const beginning =
  /^(?:lora_(?:unet|te\d?|prior_unet|prior_te|transformer|llm)_|lycoris_|b?oft_unet_)/;

/** sd-scripts and LyCORIS: names without dots behind a prefix for the part of the pipeline; alpha in tensors. */
export function kohya(given: Given): Dialect | null {
  if (![...given.tensors.keys()].some((name) => beginning.test(name))) return null;
  const isSplit = /"?split_qkv"?\s*:\s*"?true/i.test(given.metadata.ss_network_args ?? '');
  const split =
    'Trained with split_qkv: sd-scripts applies fused layers 3 to 4 times as strongly as alpha / rank, by which they are read here and in ComfyUI.';
  const rules = alone(given);
  return { ...rules, name: 'kohya', remarks: [...rules.remarks, ...(isSplit ? [split] : [])] };
}
