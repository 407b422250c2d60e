/**
 * Adapters known by the names of their tensors: the factors of a change (W + scale·B·A), not weights.
 * Averaged factor by factor they give something else than the average of the changes.
 */
import { FormatError } from './error.ts';

/**
 * Names that PEFT, kohya sd-scripts, LyCORIS, diffusers, ComfyUI, OneTrainer, MLX and torchtune give to
 * what an adapter holds. RWKV's own low-rank layers (`w_lora.lora.0.weight`) are not among them.
 */
const PART =
  /(?:^|[._])(?:lora_(?:[abe]|up|down|mid|diag|embedding_[ab]|magnitude_vector)|lora\d?\.(?:up|down)|lora_linear_layer\.(?:up|down)|hada_[wt]\d(?:_[ab])?|lokr_[wt]\d(?:_[ab])?|b?oft_(?:blocks|diag|r|s)|dora_scale|ia3_l|vera_lambda_[bd]|diff_b|set_weight|reshape_weight)(?:\.|$)|\.diff$|:\d+:(?:up|down)$/i;
/** kohya and LyCORIS begin every name so, the scale (`alpha`) and norms included. */
const BEGINNING = /^(?:lora_|lycoris_|b?oft_unet_)/i;

/** Whether a tensor of this name belongs to an adapter. */
export function isAdapterTensor(name: string): boolean {
  return BEGINNING.test(name) || PART.test(name);
}

/**
 * Throws `FormatError` when a model's tensors are an adapter's, or some of them are. `files` are its weight
 * files by the name to show, each with the names of its tensors.
 */
export function refuseAdapter(files: ReadonlyMap<string, readonly string[]>): void {
  const all = [...files].flatMap(([file, names]) => names.map((name) => ({ file, name })));
  const parts = all.filter(({ name }) => isAdapterTensor(name));
  if (parts.length === 0) return;
  const [{ file, name }] = parts;
  const share = `${parts.length} of ${all.length} tensors, such as ${name}, hold parts of an adapter`;
  const mixed = parts.length * 2 < all.length;
  throw new FormatError('adapter', {
    file,
    found: mixed ? `an adapter among the weights: ${share}` : `a LoRA adapter: ${share}`,
    expected: 'a whole model',
    advice: mixed
      ? 'Merge the adapter into the weights first (merge_and_unload), or take the model without it.'
      : 'Open it as an adapter: its tensors are no weights.',
  });
}
