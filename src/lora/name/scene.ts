/** What model adapters are of, as far as a naming depends on it. */
import { componentOf } from './known.ts';
import type { Piece } from './pieces.ts';

export type Scene = {
  /** Flux, and nothing that only looks like it: its layout by Black Forest Labs is known. */
  readonly isFlux: boolean;
  /** SDXL, whose UNet sd-scripts calls as Stability AI does; it calls that of SD 1.x and 2.x as diffusers does. */
  readonly unet: 'sgm' | 'diffusers';
  /** sd-scripts counts text encoders where there are several: lora_te1_, not lora_te_. */
  readonly countsEncoders: boolean;
};

/** Blocks of Flux.1; models with more, and names like these, are others: HunyuanVideo, Qwen-Image. */
const DOUBLE_BLOCKS = 19;
const SINGLE_BLOCKS = 38;

/** `pieces` of all that is known of the model, `own` the names of modules as kohya's adapters have them, if any. */
export function sceneOf(pieces: readonly Piece[], own: readonly string[]): Scene {
  const isFlux = isAllFlux(pieces);
  const isXl = pieces.some(isOfXl);
  const has = (pattern: RegExp) => own.some((name) => pattern.test(name));
  const isSgm = has(/^lora_unet_(?:input_blocks|middle_block|output_blocks)_/);
  const isDiffusers = has(/^lora_unet_(?:down_blocks|mid_block|up_blocks)_/);
  return {
    isFlux,
    unet: isSgm || (isXl && !isDiffusers) ? 'sgm' : 'diffusers',
    countsEncoders: has(/^lora_te[123]_/) || ((isXl || isFlux) && !has(/^lora_te_/)),
  };
}

function isAllFlux(pieces: readonly Piece[]): boolean {
  const denoiser = pieces.filter(isDenoiser);
  const below = (stack: string, most: number) =>
    denoiser.every(({ name }) => {
      const [first, number] = name!.split('.');
      return first !== stack || Number(number) < most;
    });
  return (
    denoiser.every(({ known }) => known?.kind === 'flux') &&
    denoiser.some(({ name }) => name!.startsWith('single_transformer_blocks.')) &&
    below('transformer_blocks', DOUBLE_BLOCKS) &&
    below('single_transformer_blocks', SINGLE_BLOCKS)
  );
}

function isDenoiser({ name, known, parts }: Piece): boolean {
  if (parts?.includes('denoiser')) return true;
  return parts === null && name !== null && componentOf(name, known) !== null;
}

/** What SDXL has and SD 1.x and 2.x have not: deep attentions, sizes as a condition, a second text encoder. */
function isOfXl({ name, known, parts }: Piece): boolean {
  if (known?.kind === 'clip') return parts?.length === 1 && parts[0] === 'te2';
  if (known?.kind !== 'unet' || name === null) return false;
  return /^add_embedding\.|\.attentions\.\d+\.transformer_blocks\.[1-9]/.test(name);
}
