import { expect, test } from 'vitest';
import { BINDINGS, runOnCpu } from '../testing/run-wgsl.ts';

/** Words of `result` after `statements` have run; `source` holds the given words. */
function run(statements: string, source: readonly number[] = [], more = ''): readonly number[] {
  const code = `${BINDINGS}${more}
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) id: vec3u) {
${statements}
}`;
  const words = Uint32Array.from({ length: 16 }, (_, i) => source[i] ?? 0);
  return [
    ...runOnCpu(code, { source: words, resultLength: 8, tallyLength: 4, workgroups: 1 }).result,
  ];
}

/** A u32 of an expression, where x, y, z and w are the words that are given. */
function u32(expression: string, ...source: readonly number[]): number {
  const names = 'let v = source[0]; let x = v.x; let y = v.y; let z = v.z; let w = v.w;';
  return run(`${names} result[0].x = ${expression};`, source)[0];
}
/** The same of an i32, where x, y, z and w are i32. */
function i32(expression: string, ...source: readonly number[]): number {
  const names = 'let v = bitcast<vec4i>(source[0]); let x = v.x; let y = v.y; let z = v.z;';
  return run(`${names} result[0].x = bitcast<u32>(${expression});`, source)[0] | 0;
}
const bits = (x: number) => new Uint32Array(Float32Array.of(x).buffer)[0];
const float = (word: number) => new Float32Array(Uint32Array.of(word).buffer)[0];
/** The same of an f32. */
function f32(expression: string, ...source: readonly number[]): number {
  const names = 'let v = bitcast<vec4f>(source[0]); let x = v.x; let y = v.y; let z = v.z;';
  return float(run(`${names} result[0].x = bitcast<u32>(${expression});`, source.map(bits))[0]);
}

const LEAST = -(2 ** 31);

test('division by zero gives the dividend, its remainder zero, known or not', () => {
  expect(u32('x / y', 7, 0)).toBe(7);
  expect(u32('x % y', 7, 0)).toBe(0);
  expect(i32('x / y', -7, 0)).toBe(-7);
  expect(i32('x % y', -7, 0)).toBe(0);
  expect(i32('x / y', LEAST, -1)).toBe(LEAST);
  expect(i32('x % y', LEAST, -1)).toBe(0);
  expect(i32('x / -1', LEAST)).toBe(LEAST);
  expect(u32('x / (y * 0u)', 7, 3)).toBe(7);
});

test('whole numbers are divided towards zero, by constants as well', () => {
  expect(i32('x / y', -7, 2)).toBe(-3);
  expect(i32('x % y', -7, 2)).toBe(-1);
  expect(i32('x / 4', -7)).toBe(-1);
  expect(u32('x / 8u', 2 ** 32 - 1)).toBe(2 ** 29 - 1);
  expect(u32('x % 8u', 2 ** 32 - 1)).toBe(7);
  expect(u32('(v / vec4u(3u, 0u, 2u, 1u)).y', 1, 5, 9)).toBe(5);
});

test('sums and products are modulo 2³²', () => {
  expect(u32('x + y', 2 ** 32 - 1, 2)).toBe(1);
  expect(u32('x * y', 0x10001, 0x10001)).toBe(0x20001);
  expect(u32('x - y', 1, 2)).toBe(2 ** 32 - 1);
  expect(i32('-x', LEAST)).toBe(LEAST);
  expect(i32('abs(x)', LEAST)).toBe(LEAST);
  expect(i32('abs(x)', -5)).toBe(5);
});

test('lanes move by whole bytes of their own, to the left and to the right', () => {
  const word = 0x11223344;
  const shifted = (op: string) =>
    run(`result[0] = source[0] ${op} vec4u(0u, 8u, 16u, 24u);`, [word, word, word, word]);
  expect(shifted('<<').slice(0, 4)).toEqual([word, 0x22334400, 0x33440000, 0x44000000]);
  expect(shifted('>>').slice(0, 4)).toEqual([word, 0x00112233, 0x00001122, 0x00000011]);
});

test('a constant without a point beside one with it is a float, on either side', () => {
  expect(f32('x + (1 + 2.5)', 0)).toBe(3.5);
  expect(f32('x + (2.5 + 1)', 0)).toBe(3.5);
  expect(f32('x + 7 / 2.0', 0)).toBe(3.5);
});

test('a zero of either sign stays as it is where two ways meet', () => {
  const zero = 'var a = 0.0; if (source[0].x > 5u) { a = -0.0; } result[0].x = bitcast<u32>(a);';
  expect(run(zero, [6])[0]).toBe(0x80000000);
  expect(run(zero, [5])[0]).toBe(0);
});

test('constants are written as they are around every length of their code', () => {
  for (const n of [31, 32, 63, 64, 95, 127, 128, 8191, 8192, 2 ** 20, 2 ** 27, 2 ** 31 - 1]) {
    expect(i32(`x ^ ${n}`, 0), `${n}`).toBe(n);
    expect(i32(`x ^ -${n}`, 0), `-${n}`).toBe(-n);
  }
});

test('an index may hold the same number twice', () => {
  const source = [1, 0, 0, 0, 11, 0, 0, 0, 22, 0, 0, 0, 33];
  expect(u32('source[x + x].x', ...source)).toBe(22);
  expect(u32('source[x * 4u - x].x', ...source)).toBe(33);
});

test('the count of a shift is modulo 32', () => {
  expect(u32('x << y', 3, 33)).toBe(6);
  expect(u32('x >> y', 8, 34)).toBe(2);
  expect(i32('x >> 1u', -5)).toBe(-3);
  // Counts of lanes that differ, known and not.
  const shifted = [1, 2 ** 31, 2 ** 4, 2 ** 3].map(() => 2 ** 31);
  expect(
    run('result[0] = source[0] << source[1];', [1, 1, 1, 1, 0, 31, 4, 35]).slice(0, 4),
  ).toEqual([1, 2 ** 31, 16, 8]);
  expect(
    run('result[0] = source[0] >> source[1];', [...shifted, 0, 31, 4, 35]).slice(0, 4),
  ).toEqual([2 ** 31, 1, 2 ** 27, 2 ** 28]);
  expect(
    run(
      'result[0] = source[0] >> vec4u(0u, 8u, 16u, 24u);',
      [0x11223344, 0x11223344, 0x11223344, 0x11223344],
    ).slice(0, 4),
  ).toEqual([0x11223344, 0x112233, 0x1122, 0x11]);
});

test('known counts of lanes beyond 31 are modulo 32 as well', () => {
  const wide = 'let by = vec4u(32u, 40u, 16u, 56u); result[0] = source[0] >> by;';
  const word = 0x11223344;
  expect(run(wide, [word, word, word, word]).slice(0, 4)).toEqual([word, 0x112233, 0x1122, 0x11]);
});

test('moves of bytes: halves unpacked, packed, and single bytes', () => {
  const halves =
    'let w = source[0]; let h = vec4u(w.x & 0xffffu, w.x >> 16u, w.y & 0xffffu, w.y >> 16u);';
  const packed =
    'let p = h.xz | (h.yw << vec2u(16u)); result[1] = vec4u(p, w.x >> 8u, (w.x << 24u) >> 16u);';
  expect(run(`${halves} result[0] = h; ${packed}`, [0x11223344, 0x55667788])).toEqual([
    ...[0x3344, 0x1122, 0x7788, 0x5566],
    ...[0x11223344, 0x55667788, 0x112233, 0x4400],
  ]);
});

test('operators beside a known number', () => {
  expect(u32('x & 1u', 6)).toBe(0);
  expect(u32('x | 1u', 6)).toBe(7);
  expect(u32('x & 0xffffffffu', 6)).toBe(6);
  expect(u32('x | 0xffffffffu', 6)).toBe(2 ** 32 - 1);
  expect(u32('x * 0u + y * 1u + (z ^ 0u) - 0u', 6, 7, 8)).toBe(15);
});

test('nothing is read behind a condition that does not hold', () => {
  // The index lies far outside memory; the loop does not change it.
  const guarded = `
    let far = source[0].x;
    var sum = 0u;
    for (var k = 0u; k < source[0].y; k++) {
      if (far < 4u) { sum += source[far].x; }
      sum += 1u;
    }
    result[0].x = sum;`;
  expect(run(guarded, [2 ** 26, 50])[0]).toBe(50);
});

test('order is of the type: signed, unsigned, float', () => {
  expect(u32('select(0u, 1u, x > y)', 2 ** 31, 1)).toBe(1);
  expect(i32('select(0, 1, x > y)', 2 ** 31, 1)).toBe(0);
  expect(u32('min(x, y)', 2 ** 31, 1)).toBe(1);
  expect(i32('min(x, y)', LEAST, 1)).toBe(LEAST);
  expect(f32('max(x, y)', -2, 1)).toBe(1);
  expect(u32('clamp(x, 2u, 5u) * 100u + clamp(y, 2u, 5u)', 9, 0)).toBe(502);
});

test('floats are rounded to f32 after every operation, never fused', () => {
  const third = Math.fround(1 / 3);
  expect(f32('x / y', 1, 3)).toBe(third);
  const tiny = 2 ** -12;
  // (1 + 2⁻¹²)² rounds to 1 + 2⁻¹¹; a fused step would leave 2⁻²⁴ after the subtraction.
  expect(f32('x * x - y', 1 + tiny, 1 + 2 * tiny)).toBe(0);
  expect(f32('fma(x, x, -y)', 1 + tiny, 1 + 2 * tiny)).toBe(0);
  expect(f32('x + y', 2 ** 24, 1)).toBe(2 ** 24);
});

test('floats keep the sign of zero', () => {
  expect(f32('-x', 0)).toBe(-0);
  expect(f32('x * 1.0', -0)).toBe(-0);
  expect(f32('x + 0.0', -0)).toBe(0);
  expect(f32('0.0 - x', 0)).toBe(0);
});

test('rounding functions', () => {
  expect(
    ['floor', 'ceil', 'trunc', 'round', 'fract'].map((name) => f32(`${name}(x)`, -2.5)),
  ).toEqual([-3, -2, -2, -2, 0.5]);
  expect(f32('round(x)', 3.5)).toBe(4);
  expect(f32('round(2.5)')).toBe(2);
  expect(f32('sqrt(x)', 2)).toBe(Math.fround(Math.SQRT2));
  expect([3, -0, -3].map((x) => f32('sign(x)', x))).toEqual([1, 0, -1]);
  expect(i32('sign(x)', -9)).toBe(-1);
  expect(f32('mix(x, y, 0.25)', 4, 8)).toBe(5);
  expect(f32('step(x, y)', 4, 4)).toBe(1);
});

test('conversions: towards zero, to the ends of the range, modulo 2³²', () => {
  expect(u32('u32(bitcast<f32>(x))', bits(3.9))).toBe(3);
  expect(u32('u32(bitcast<f32>(x))', bits(-3.9))).toBe(0);
  expect(i32('i32(bitcast<f32>(x))', bits(-3.9))).toBe(-3);
  expect(u32('u32(bitcast<i32>(x))', 2 ** 32 - 1)).toBe(2 ** 32 - 1);
  expect(f32('f32(bitcast<u32>(x))', -0)).toBe(2 ** 31);
  expect(u32('u32(x > 3u) + u32(y > 3u)', 4, 3)).toBe(1);
  expect(u32('select(0u, 1u, bool(x))', 8)).toBe(1);
});

test('bits', () => {
  expect(u32('countOneBits(x)', 0xf0f1)).toBe(9);
  expect(u32('countLeadingZeros(x) * 100u + countTrailingZeros(x)', 0x00010000)).toBe(1516);
  expect(u32('countLeadingZeros(x) + countTrailingZeros(x)', 0)).toBe(64);
  expect(u32('firstTrailingBit(x)', 12)).toBe(2);
  expect(u32('firstTrailingBit(x)', 0)).toBe(2 ** 32 - 1);
  expect(u32('firstLeadingBit(x)', 12)).toBe(3);
  expect(i32('firstLeadingBit(x)', -13)).toBe(3);
  expect(u32('reverseBits(x)', 0x00000003)).toBe(0xc0000000);
  expect(u32('~x ^ (y | z)', 5).toString(16)).toBe('fffffffa');
});

test('vectors: constructors, components, swizzles, and a component that is not known', () => {
  const made = 'vec4u(source[0].zy, vec2u(x, 9u))';
  expect(run(`let x = source[0].x; result[0] = ${made};`, [1, 2, 3, 4]).slice(0, 4)).toEqual([
    3, 2, 1, 9,
  ]);
  expect(u32('v[w]', 10, 20, 30, 2)).toBe(30);
  expect(u32('v.wzyx[1]', 10, 20, 30, 2)).toBe(30);
  expect(
    run('var v = source[0]; v.y = 7u; v.x += v.y; result[0] = v * v;', [1, 2, 3, 4]).slice(0, 4),
  ).toEqual([64, 49, 9, 16]);
  expect(u32('dot(v.xyz, vec3u(1u, 10u, 100u))', 1, 2, 3, 4)).toBe(321);
});

test('a component of a bitcast of a uniform vector', () => {
  expect(u32('bitcast<vec4u>(vec4f(bitcast<f32>(x)))[1]', 77)).toBe(77);
  expect(f32('bitcast<vec4f>(vec4u(bitcast<u32>(x)))[1]', 2.5)).toBe(2.5);
});

test('vectors of bools: by component, any, all, only of the lanes that are there', () => {
  expect(u32('select(0u, 1u, any(v.xyz > vec3u(5u)))', 1, 2, 3, 9)).toBe(0);
  expect(u32('select(0u, 1u, all(v.xyz < vec3u(5u)))', 1, 2, 3, 9)).toBe(1);
  expect(u32('select(0u, 1u, (v > vec4u(2u)).z)', 1, 2, 3, 4)).toBe(1);
  const mixed = 'vec4<bool>(x > 1u, (v > vec4u(1u)).y, true, w == 0u)';
  expect(
    run(
      `let v = source[0]; let x = v.x; let w = v.w; result[0] = select(vec4u(), vec4u(1u), ${mixed});`,
      [1, 2, 3, 4],
    ).slice(0, 4),
  ).toEqual([0, 1, 1, 0]);
});

test('local arrays and structs', () => {
  const local = `
    var above: array<vec4u, 3>;
    for (var k = 0u; k < 3u; k++) { above[k] = source[0] * (k + 1u); above[k].y = k; }
    var sum = vec4u();
    for (var k = 0u; k < 3u; k++) { sum += above[2u - k]; }
    result[0] = sum;
    var pair = Pair(source[0].xy, 5u);
    pair.a.x += pair.b;
    result[1] = vec4u(pair.a, pair.b, array<u32, 2>(8u, 9u)[1]);`;
  expect(run(local, [1, 2, 3, 4], 'struct Pair { a: vec2u, b: u32 }')).toEqual([
    ...[6, 3, 18, 24],
    ...[6, 2, 5, 9],
  ]);
});

test('loops: break, continue and return, in loops that are written out and in others', () => {
  const body = (limit: string) => `
    var sum = 0u;
    for (var k = 0u; k < ${limit}; k++) {
      if (k == source[0].x) { continue; }
      if (k == source[0].y) { break; }
      sum += k;
    }
    result[0].x = sum;`;
  // 0 + 2 + 3 + 4; the fifth turn ends it.
  for (const limit of ['8u', 'source[0].z']) expect(run(body(limit), [1, 5, 8])[0]).toBe(9);
  const find = `
    fn find(wanted: u32, limit: u32) -> u32 {
      var k = 0u;
      while (k < limit) {
        if (k * k >= wanted) { if (k * k == wanted) { return k; } return 100u + k; }
        k++;
      }
      return 999u;
    }`;
  expect(
    run(
      'result[0] = vec4u(find(source[0].x, 9u), find(source[0].y, 9u), find(source[0].z, 9u), find(3u, source[0].w));',
      [49, 50, 81, 0],
      find,
    ).slice(0, 4),
  ).toEqual([7, 108, 999, 999]);
});

test('a return inside two conditions leaves the function', () => {
  const f = 'fn f(a: u32, b: u32) -> u32 { if (a > 1u) { if (b > 1u) { return 1u; } } return 2u; }';
  expect(
    run(
      'let s = source[0]; result[0] = vec4u(f(s.x, s.x), f(s.x, s.y), f(s.y, s.x), 0u);',
      [5, 0],
      f,
    ).slice(0, 3),
  ).toEqual([1, 2, 2]);
});

test('switch: several values, default in the middle, break', () => {
  const f = `fn f(a: u32) -> u32 {
    var r = 0u;
    switch a { case 1u, 2u { r = 12u; } default { r = 99u; if (a > 9u) { break; } r++; } case 3u { r = 3u; } }
    return r;
  }`;
  expect(
    run(
      'for (var i = 0u; i < 4u; i++) { result[i / 4u][i] = 0u; } let s = source[0]; result[0] = vec4u(f(s.x), f(s.y), f(s.z), f(s.w));',
      [2, 3, 4, 10],
      f,
    ).slice(0, 4),
  ).toEqual([12, 3, 100, 99]);
});

test('the right side of && is only evaluated where the left one holds', () => {
  const f = 'var<private> calls: u32; fn f(x: u32) -> bool { calls++; return x > 1u; }';
  expect(
    run(
      'let x = source[0].x; let y = source[0].y; let a = x > 3u && f(y); let b = x > 3u || f(y); result[0] = vec4u(calls, u32(a), u32(b), 0u);',
      [2, 5],
      f,
    ).slice(0, 3),
  ).toEqual([1, 0, 1]);
});

test('private variables begin anew in every workgroup; atomics count', () => {
  const code = `${BINDINGS}
var<private> seen: u32 = 3u;
@compute @workgroup_size(2)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) thread: u32) {
  seen += thread;
  result[id.x][thread] = seen;
  atomicAdd(&tally[0], seen);
  atomicOr(&tally[1], 1u << id.x);
}`;
  const job = { source: new Uint32Array(4), resultLength: 12, tallyLength: 2, workgroups: 3 };
  const { result, tally } = runOnCpu(code, job);
  expect([...result]).toEqual([3, 4, 0, 0, 3, 4, 0, 0, 3, 4, 0, 0]);
  expect([...tally]).toEqual([21, 7]);
});

test('a store of a vec3 leaves what follows it', () => {
  const more = 'struct Row { a: vec3u, b: u32 }';
  const code = `@group(0) @binding(0) var<storage, read> source: array<Row>;
@group(0) @binding(1) var<storage, read_write> result: array<Row>;
@group(0) @binding(2) var<storage, read_write> tally: array<atomic<u32>>;
${more}
@compute @workgroup_size(1) fn main() { result[0].b = source[0].b; result[0].a = source[0].a * 2u; }`;
  const job = {
    source: Uint32Array.of(1, 2, 3, 4),
    resultLength: 4,
    tallyLength: 1,
    workgroups: 1,
  };
  expect([...runOnCpu(code, job).result]).toEqual([2, 4, 6, 4]);
});
