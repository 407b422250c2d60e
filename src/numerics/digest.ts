import { noiseQuad } from './random.ts';

/**
 * 128 bits of a text, as 32 hex digits: eight UTF-16 units at a time are added into four words, which pcg4d mixes; the length
 * closes it. At once, where SHA-256 makes its caller wait. Tells texts apart; proves nothing.
 */
export function digestOf(text: string): string {
  const words = new Uint32Array(4);
  const mix = () => noiseQuad(words[0], words[1], words[2], words[3], words);
  for (let at = 0; at < text.length; at += 8) {
    for (let k = 0; k < 4; k++) {
      // Beyond the end there is NaN, which counts as 0: the length tells it apart.
      words[k] ^= text.charCodeAt(at + 2 * k) | (text.charCodeAt(at + 2 * k + 1) << 16);
    }
    mix();
  }
  words[0] ^= text.length;
  mix();
  return [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
}
