/** Positions as rotations: of a head’s numbers i and i + half, by position · frequency i. */
export type Rope = { readonly frequencies: Float32Array };

/** Frequencies divided by `factor`; with the others only low ones, as Llama 3 has it, and a way between. */
export type RopeScaling = {
  readonly factor: number;
  /** Waves longer than `before / low` positions are slowed, those shorter than `before / high` are not. */
  readonly low?: number;
  readonly high?: number;
  readonly before?: number;
};

/** θ^(−2i/head) for the first half of a head, in f32 as transformers has them. */
export function frequenciesOf(head: number, theta: number, scaling?: RopeScaling): Float32Array {
  return Float32Array.from({ length: head / 2 }, (_, i) => {
    const plain = Math.fround(1 / Math.fround(theta ** Math.fround((2 * i) / head)));
    return scaling ? scaled(plain, scaling) : plain;
  });
}

function scaled(frequency: number, { factor, low, high, before }: RopeScaling): number {
  if (low === undefined || high === undefined || before === undefined) return frequency / factor;
  const wave = (2 * Math.PI) / frequency;
  if (wave > before / low) return frequency / factor;
  if (wave < before / high) return frequency;
  const share = (before / wave - low) / (high - low);
  return ((1 - share) * frequency) / factor + share * frequency;
}

/** Cosines of half a head, then its sines, for positions [0, count): what heads.wgsl reads. */
export function anglesOf({ frequencies }: Rope, count: number): Float32Array {
  const half = frequencies.length;
  const angles = new Float32Array(2 * half * count);
  for (let position = 0; position < count; position++) {
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(position * frequencies[i]);
      angles[2 * half * position + i] = Math.cos(angle);
      angles[2 * half * position + half + i] = Math.sin(angle);
    }
  }
  return angles;
}
