/**
 * Counter-based noise: a hash of where an element is, so masks do not depend on the order, the block
 * size or the backend. pcg4d of Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3),
 * 2020. One hash gives four lanes, for four neighbouring elements.
 */

const MULTIPLIER = 1664525;
const INCREMENT = 1013904223;
/** 2³² divided by the golden ratio: spreads the draws over all seeds. */
const DRAW_STEP = 0x9e3779b9;

/** 32-bit FNV-1a of the UTF-8 bytes of a tensor's name. */
export function tensorKey(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

const lanes = new Uint32Array(4);

/** pcg4d of [quad, model, tensorKey, key] into four words of `out` at `at`; all modulo 2³². */
export function noiseQuad(
  quad: number,
  model: number,
  tensorKey: number,
  key: number,
  out: Uint32Array,
  at = 0,
): void {
  let x = (Math.imul(quad, MULTIPLIER) + INCREMENT) | 0;
  let y = (Math.imul(model, MULTIPLIER) + INCREMENT) | 0;
  let z = (Math.imul(tensorKey, MULTIPLIER) + INCREMENT) | 0;
  let w = (Math.imul(key, MULTIPLIER) + INCREMENT) | 0;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  w ^= w >>> 16;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  out[at] = x;
  out[at + 1] = y;
  out[at + 2] = z;
  out[at + 3] = w;
}

/** The fourth word that is hashed: one per draw. */
export function drawKey(seed: number, draw: number): number {
  return (seed + Math.imul(draw, DRAW_STEP)) >>> 0;
}

/**
 * 32 random bits of one element. `model` is the expert's position in the recipe, `element` the index in
 * the tensor; beyond 2³² elements the noise repeats.
 */
export function noise(
  seed: number,
  draw: number,
  tensorKey: number,
  model: number,
  element: number,
): number {
  noiseQuad(element >>> 2, model, tensorKey, drawKey(seed, draw), lanes);
  return lanes[element & 3];
}

/** The 24-bit limit below which noise keeps an element: 2²⁴ keeps all. */
export function keepLimit(density: number): number {
  return Math.round(density * 2 ** 24);
}

/** Whether a draw keeps an element; see `noise` and `keepLimit`. */
export function isKept(
  limit: number,
  seed: number,
  draw: number,
  tensorKey: number,
  model: number,
  element: number,
): boolean {
  return noise(seed, draw, tensorKey, model, element) >>> 8 < limit;
}

/** What DARE's masks of one plane depend on. */
export type Draws = {
  readonly seed: number;
  /** How many masks are averaged, 1 to 255. */
  readonly draws: number;
  readonly density: number;
  readonly tensorKey: number;
  /** The expert's position in the recipe. */
  readonly model: number;
};

/**
 * For the elements from `start` on, how many of the draws keep each: 0 … draws, one for each element of
 * `counts`. The quick form of `isKept` for loops; the mask of an element is its count / draws.
 */
export function countKept(of: Draws, start: number, counts: Uint8Array): void {
  const limit = keepLimit(of.density);
  const head = start & 3;
  const quads = (head + counts.length + 3) >> 2;
  if (hashed.length < 4 * quads) hashed = new Uint32Array(4 * quads);
  counts.fill(0);
  for (let draw = 0; draw < of.draws; draw++) {
    const key = drawKey(of.seed, draw);
    // Whole quads only; what they hold outside the block is skipped.
    for (let q = 0; q < quads; q++) {
      noiseQuad((start - head + 4 * q) >>> 2, of.model, of.tensorKey, key, hashed, 4 * q);
    }
    // Both are below 2³¹, so the sign of their difference is the comparison.
    for (let i = 0; i < counts.length; i++) {
      counts[i] += ((hashed[head + i] >>> 8) - limit) >>> 31;
    }
  }
}

/**
 * For the elements from `start` on, whether noise keeps each: 1 or 0. `chances` are multiples of 2⁻²⁴, see `chanceOf`.
 * The quick form of `isKept` for loops, with a limit for every element and one draw.
 */
export function markKept(
  { seed, tensorKey, model }: Pick<Draws, 'seed' | 'tensorKey' | 'model'>,
  start: number,
  chances: Float32Array,
  kept: Uint8Array,
): void {
  const key = drawKey(seed, 0);
  for (let i = 0; i < kept.length; ) {
    const lane = (start + i) & 3;
    noiseQuad((start + i - lane) >>> 2, model, tensorKey, key, lanes);
    for (let l = lane; l < 4 && i < kept.length; l++, i++) {
      kept[i] = Number(lanes[l] >>> 8 < chances[i] * 2 ** 24);
    }
  }
}

/** A probability as noise can have it: a multiple of 2⁻²⁴. */
export function chanceOf(probability: number): number {
  return keepLimit(Math.min(Math.max(probability, 0), 1)) / 2 ** 24;
}

/** Noise of a block, kept from call to call. */
let hashed = new Uint32Array(0);
