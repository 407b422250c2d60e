import { layOut, type TensorSpec } from '../../formats/safetensors/write.ts';
import type { Content } from './content.ts';

/**
 * A safetensors file of about `bytes` bytes whose weights are computed when they are read: equal square layers of
 * BF16 between -2 and 2, the same ones for the same seed.
 */
export function computedModel(bytes: number, seed: number, width = 1024): Content {
  const layers = Math.max(1, Math.round(bytes / (2 * width * width)));
  const specs = Array.from({ length: layers }, (_, index): TensorSpec => {
    return { name: `model.layers.${index}.weight`, dtype: 'BF16', shape: [width, width] };
  });
  const { header, byteLength } = layOut(specs, { format: 'pt' });
  return {
    size: byteLength,
    read(begin, end) {
      const bytes = new Uint8Array(end - begin);
      const inHeader = header.subarray(begin, end);
      bytes.set(inHeader);
      const from = begin + inHeader.length - header.length;
      bytes.set(weightBytes(from, end - header.length, seed), inHeader.length);
      return bytes;
    },
  };
}

/** Bytes `from` to `to` of the weights; nothing when the range ends before them. */
function weightBytes(from: number, to: number, seed: number): Uint8Array {
  if (to <= from) return new Uint8Array();
  const first = Math.floor(from / 2);
  const words = new Uint16Array(Math.ceil(to / 2) - first);
  for (let i = 0; i < words.length; i += 1) words[i] = weight(first + i, seed);
  return new Uint8Array(words.buffer).subarray(from - 2 * first, to - 2 * first);
}

/** A BF16 number with random sign and mantissa and an exponent between -15 and 0. */
function weight(index: number, seed: number): number {
  let mixed = Math.imul(index ^ Math.imul(seed + 1, 0x9e3779b9), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x297a2d39);
  return 0x3800 | (mixed & 0x87ff);
}
