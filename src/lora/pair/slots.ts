/**
 * In which slots of block weights a tensor lies, by its name in any layout that pairs; `recipe/blocks.ts` lists
 * the slots. A UNet's are those of CompVis and SGM: `input_blocks.n` is IN n, `output_blocks.n` OUT n; in diffusers'
 * names block i, layer j is 3i + j + 1 on the way down and 3i + j on the way up (sd-scripts, `svd_merge_lora.py`).
 * What lies before the blocks of Flux is IN, what lies behind them OUT. Embeddings of time and the last layers of
 * a UNet are in no slot.
 */
import { type Address, addressesOf, coreName } from './addresses.ts';
import { ownerOf } from './modules.ts';
import { partsOf } from './rules.ts';

const two = (n: number) => String(n).padStart(2, '0');

/** Of a denoiser: common names, # for a number, and the slot that the numbers make. */
const denoiser: readonly (readonly [name: string, slot: (i: number, j: number) => string])[] = [
  ['conv_in', () => 'IN00'],
  ['down_blocks.#.resnets.#', (i, j) => `IN${two(3 * i + j + 1)}`],
  ['down_blocks.#.attentions.#', (i, j) => `IN${two(3 * i + j + 1)}`],
  ['down_blocks.#.downsamplers', (i) => `IN${two(3 * i + 3)}`],
  ['mid_block', () => 'MID'],
  ['up_blocks.#.resnets.#', (i, j) => `OUT${two(3 * i + j)}`],
  ['up_blocks.#.attentions.#', (i, j) => `OUT${two(3 * i + j)}`],
  ['up_blocks.#.upsamplers', (i) => `OUT${two(3 * i + 2)}`],
  ['x_embedder', () => 'IN'],
  ['context_embedder', () => 'IN'],
  ['time_text_embed', () => 'IN'],
  ['transformer_blocks.#', (i) => `D${two(i)}`],
  ['single_transformer_blocks.#', (i) => `S${two(i)}`],
  ['norm_out', () => 'OUT'],
  ['proj_out', () => 'OUT'],
];

const patterns = denoiser.map(([name, slot]) => {
  const source = name.replaceAll('.', '[._]').replaceAll('#', '(\\d+)');
  return { pattern: new RegExp(`^${source}(?=[._:]|$)`), slot };
});

/** CLIP alone, where nothing in front says that it is a text encoder. */
const clip = /^text_model[._](?:encoder|embeddings|final_layer_norm)(?=[._]|$)/;

const known = new Map<string, readonly string[]>();
const MOST_KNOWN = 200_000;

/** None for most tensors of most models; a text encoder is in those of a UNet's layouts and of Flux's. */
export function slotsOf(tensor: string): readonly string[] {
  const seen = known.get(tensor);
  if (seen) return seen;
  if (known.size >= MOST_KNOWN) known.clear();
  const module = ownerOf(tensor)?.module ?? tensor;
  const slots =
    addressesOf(module)
      .map(slotsAt)
      .find((found) => found.length > 0) ?? NONE;
  known.set(tensor, slots);
  return slots;
}

const NONE: readonly string[] = [];

function slotsAt(address: Address): readonly string[] {
  const { parts } = address;
  if (parts?.some((part) => part.startsWith('te'))) {
    return ['BASE', parts.includes('te1') ? 'CLIP' : 'T5'];
  }
  if (parts !== null && !parts.includes('denoiser')) return NONE;
  const name = coreName(partsOf({ ...address, name: coreName(address.name) }).names[0]);
  if (clip.test(name)) return ['BASE', 'CLIP'];
  for (const { pattern, slot } of patterns) {
    const match = pattern.exec(name);
    if (match) return [slot(Number(match[1]), Number(match[2]))];
  }
  return NONE;
}
