// Shows that the GPU tests notice faults: makes one at a time in a copy of the project and expects the
// tests to fail. Run it when the tests or the shaders change: `node tools/mutate-shaders.js [word]`.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** File under shaders/, text, what it becomes. */
const faults = [
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

const root = process.cwd();
const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
for (const part of ['src', 'shaders', 'tools', 'package.json', 'tsconfig.json', 'vite.config.ts']) {
  cpSync(join(root, part), join(copy, part), { recursive: true });
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

/** @param {string[]} more */
function testsPass(...more) {
  const files = ['measure', 'codes', 'backend', 'parity', 'parity-choices'].map(
    (name) => `src/compute/gpu/${name}.gpu`,
  );
  const names =
    'sums over (BF16|F32)|sums do not|rank of BF16|ranks do not|decodes|encodes|encoding|left to|' +
    'with 3 models|every choice|several pieces|paper defines it on F32|mergekit defines it on (F16|BF16)';
  const command = [
    'vitest',
    'run',
    '--project',
    'gpu',
    '--bail',
    '1',
    '-t',
    names,
    ...files,
    ...more,
  ];
  return spawnSync('npx', command, { cwd: copy, env: { ...process.env, CI: '1' } }).status === 0;
}

if (!testsPass()) throw new Error('The tests fail before any fault is made');
const survivors = [];
const wanted = faults.filter((fault) => fault.join(' ').includes(process.argv[2] ?? ''));
for (const [file, text, fault] of wanted) {
  const path = join(copy, 'shaders', `${file}.wgsl`);
  const before = readFileSync(path, 'utf8');
  if (!before.includes(text)) throw new Error(`shaders/${file}.wgsl has no "${text}" any more`);
  writeFileSync(path, before.replace(text, fault));
  const noticed = !testsPass();
  writeFileSync(path, before);
  console.log(`${noticed ? 'noticed ' : 'SURVIVED'}  ${file}: ${text} → ${fault || '(nothing)'}`);
  if (!noticed) survivors.push(text);
}
rmSync(copy, { recursive: true });
console.log(`${wanted.length - survivors.length} of ${wanted.length} faults noticed`);
process.exit(survivors.length > 0 ? 1 : 0);
