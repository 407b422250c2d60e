/** Planted in the shaders: file under shaders/, text, what it becomes. */
/** @type {readonly (readonly [file: string, from: string, to: string])[]} */
export const shaderFaults = [
  ['lib/trim', 'index >= cut', 'index > cut'],
  ['lib/trim', 'size < limit', 'size <= limit'],
  ['lib/trim', '<< 16u', '<< 15u'],
  ['lib/sign-vote', 'vote < vec4f()', 'vote > vec4f()'],
  ['lib/sign-vote', 'sign(heard)', 'heard'],
  ['lib/sign-vote', 'EVEN_IS_PLUS == 1.0', 'EVEN_IS_PLUS == 0.0'],
  ['lib/disjoint-mean', 'join(held.minus, heard < vec4f()', 'join(held.minus, heard <= vec4f()'],
  ['lib/disjoint-mean', 'DIVISOR == 2.0), weight', 'DIVISOR == 2.0), 1.0'],
  ['lib/random', '1664525u', '1664527u'],
  ['lib/random', 'v >> vec4u(16u)', 'v >> vec4u(15u)'],
  ['lib/random', 'draw * DRAW_STEP', 'draw'],
  ['lib/dare-mask', 'kept / count', 'count / count'],
  ['lib/planes', 'return planes[k].y', 'return k'],
  ['lib/planes', 'vec4u(job.start + 4u * i)', 'vec4u(4u * i)'],
  ['sample', 'sample.first + s * sample.stride', 's * sample.stride'],
  ['lib/planes', '0x7f807f80u, 0x00800080u', '0x7f800000u, 0x00800000u'],
  ['lib/dtype', 'vec4u(words.x << 16u, words.x', 'vec4u(words.x, words.x << 16u'],
  ['lib/dtype', '+ ((bits >> vec4u(16u)) & vec4u(1u))', ''],
  ['lib/dtype', '- vec4f(hidden)', ''],
  ['lib/dtype', 'min(codes, vec4u(largest))', 'codes'],
  ['lib/dtype', 'rest + (kept & vec4u(1u)) >', 'rest + (kept & vec4u(1u)) >='],
  ['lib/dtype', 'min(lost, vec4i(25))', 'min(lost, vec4i(24))'],
  ['lib/work', 'vec4u(113u) - clamp', 'vec4u(114u) - clamp'],
  ['lib/work', 'half - vec4u(1u) + odd', 'half'],
  ['lib/dtype', ', vec4u(0x7f800000u));\n  let bits', ', vec4u(0xffffffffu));\n  let bits'],
  ['lib/weighted-sum', 'work(v * weight)', 'v * weight'],
  ['lib/magnitude', '0x7fffffffu', '0xffffffffu'],
  ['lib/grid', 'id.x + id.y * counts.x', 'id.x + id.y * (counts.x + 1u)'],
  ['map', 'atomicOr(&tally[0], 1u)', 'atomicOr(&tally[0], 0u)'],
  ['map', 'merge(2u * oct + half)', 'merge(2u * oct + 1u - half)'],
  ['reduce', 'bits > limit', 'bits >= limit'],
  ['reduce', '(slab * SLAB_TURNS + turn) * THREADS', '(slab * SLAB_TURNS + turn) * 63u'],
  ['select', 'in_bracket & !is_guess', 'in_bracket'],
  ['select', 'waiting &= waiting - 1u', 'waiting = 0u'],
  ['select', 'found == vec4u(search.guess)', 'found >= vec4u(search.guess)'],
  ['sample', 'magnitudes(sample.model, at / 4u)[at % 4u]', 'magnitudes(sample.model, at / 4u)[0]'],
  ['methods/task-arithmetic', 'coeffs[1] == 1.0', 'coeffs[1] == 0.0'],
  ['methods/slerp', 'coeffs[2] == 1.0', 'coeffs[2] == 0.0'],
  ['methods/dare-linear', 'coeffs[4] == 1.0', 'false'],
  ['methods/linear', 'coeffs[0] == 1.0', 'coeffs[1] == 1.0'],
];

const wide =
  'with 3 models|every choice|several pieces|paper defines it on F32|mergekit defines it on (F16|BF16)';

/** @typedef {{ readonly project: string, readonly files: readonly string[], readonly names: string }} Suite */

/** Of the shaders as processors run them: they take the least time. */
const compiled = { project: 'unit', files: ['src/compute/cpu'], names: '' };

/** Of the same on a GPU, by the files and the names that they have. */
const onGpu = {
  codes: gpu(['codes'], 'decodes|encodes|encoding'),
  sums: gpu(['measure'], 'sums over (BF16|F32)|sums do not'),
  ranks: gpu(['measure'], 'rank of BF16|ranks do not|all equal|more equal'),
  reading: gpu(['backend'], 'left to|however it is cut'),
  merges: gpu(['parity', 'parity-choices'], wide),
};

/**
 * @param {readonly string[]} files
 * @param {string} names
 * @returns {Suite}
 */
function gpu(files, names) {
  return { project: 'gpu', files: files.map((name) => `src/compute/gpu/${name}.gpu`), names };
}

/**
 * The tests that should notice a fault in a file, the nearest first: what is nearer is quicker.
 * @param {string} file
 * @returns {readonly Suite[]}
 */
export function shaderTests(file) {
  const { codes, sums, ranks, reading, merges } = onGpu;
  const [, method] = /^methods\/(.*)/.exec(file) ?? [];
  if (method) {
    const names = `^${method.replaceAll('-', '_')} `;
    return [
      { ...compiled, files: ['src/compute/cpu/compiled'], names },
      { ...merges, names: `${names}.*(${wide})` },
    ];
  }
  if (file === 'lib/dtype' || file === 'lib/planes') {
    return [compiled, codes, reading, sums, ranks, merges];
  }
  if (file === 'reduce') return [compiled, sums, ranks, merges];
  if (file === 'select' || file === 'sample' || file === 'lib/magnitude') {
    return [compiled, ranks, merges];
  }
  if (file === 'map') return [compiled, reading, codes, merges];
  if (file === 'lib/grid') return [sums, reading, merges];
  return [compiled, merges];
}
