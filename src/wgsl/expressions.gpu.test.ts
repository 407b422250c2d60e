import { expect } from 'vitest';
import { gpuTest } from '../testing/gpu.ts';
import {
  asWords,
  Expressions,
  everyType,
  typeName,
  type WgslType,
} from '../testing/random-wgsl.ts';
import { BINDINGS, runOnCpu, runOnGpu } from '../testing/run-wgsl.ts';
import { randomNumbers } from '../testing/samples.ts';

const SHADERS = 12;
const EXPRESSIONS = 40;
const INPUTS = 4;
const ROWS = 16;

/** Expressions over loaded values, and over values that only the compiler to WebAssembly can know. */
function shaderOf(seed: number) {
  const random = randomNumbers(seed);
  const generate = new Expressions(random);
  const lines: string[] = [];
  const name = (type: WgslType, value: string) => {
    const made = `n${generate.names.length}`;
    lines.push(`let ${made}: ${typeName(type)} = ${value};`);
    generate.names.push({ name: made, type });
  };
  const source = (n: number) => `source[${INPUTS}u * id.x + ${n}u]`;
  for (let n = 0; n < 2; n++) {
    name({ of: 'u32', size: 4 }, source(n));
    name({ of: 'i32', size: 4 }, `bitcast<vec4i>(${source(n)}.wzyx)`);
    name({ of: 'f32', size: 4 }, `vec4f(vec4i(${source(2 + n)} % vec4u(33u)) - vec4i(16)) * 0.5`);
    name({ of: 'bool', size: 4 }, `(${source(2 + n)} & vec4u(64u)) == vec4u()`);
  }
  for (const type of everyType) name(type, generate.literal(type));
  const made = Array.from({ length: EXPRESSIONS }, (_, i) => {
    const type = generate.type();
    const expression = generate.of(type, 3);
    lines.push(`result[${EXPRESSIONS}u * id.x + ${i}u] = ${asWords(expression, type)};`);
    return { expression, type };
  });
  const code = `${BINDINGS}
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) id: vec3u) {
  ${lines.join('\n  ')}
}`;
  const small = [0, 1, 2, 31, 32, 2 ** 31, 2 ** 31 - 1, 2 ** 32 - 1];
  const inputs = Uint32Array.from({ length: 4 * INPUTS * ROWS }, () =>
    random() < 0.4 ? generate.pick(small) : Math.floor(random() * 2 ** 32),
  );
  return { code, made, inputs };
}

const isZero = (word: number) => word === 0 || word === 0x80000000;

for (let seed = 1; seed <= SHADERS; seed++) {
  gpuTest(`random expressions have the same bits on both sides, seed ${seed}`, async (device) => {
    const { code, made, inputs } = shaderOf(seed);
    const resultLength = 4 * EXPRESSIONS * ROWS;
    const job = { source: inputs, resultLength, tallyLength: 1, workgroups: ROWS };
    const cpu = runOnCpu(code, job).result;
    const gpu = (await runOnGpu(device, code, job)).result;
    for (let i = 0; i < resultLength; i++) {
      const { expression, type } = made[(i >> 2) % EXPRESSIONS];
      if (cpu[i] === gpu[i]) continue;
      if (type.of === 'f32' && isZero(cpu[i]) && isZero(gpu[i])) continue;
      const place = `${typeName(type)} ${expression}, row ${Math.floor(i / 4 / EXPRESSIONS)}, lane ${i & 3}`;
      expect.fail(`${place}: ${cpu[i]} compiled, ${gpu[i]} by the adapter\n${code}`);
    }
  });
}
