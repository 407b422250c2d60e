import { expect, test } from 'vitest';
import { BINDINGS } from '../testing/run-wgsl.ts';
import { compileShader, WgslError } from './compile.ts';

/** What is said about a shader with these statements in line 3 of its main function. */
function complaint(statements: string, more = ''): string {
  const code = `${more}${BINDINGS.replaceAll('\n', ' ')}
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) {
${statements}
}`;
  try {
    compileShader(code, { overrides: {}, where: (line) => `shaders/a.wgsl:${line}` });
  } catch (error) {
    expect(error).toBeInstanceOf(WgslError);
    return String(error instanceof Error && error.message);
  }
  return 'nothing';
}

test.each([
  ['result[0].x = tally[0];', 'cannot be read'],
  ['let a = result[0];', 'result is written, so it cannot be read'],
  ['result[0].x += 1u;', 'result is written, so it cannot be read'],
  ['source[0] = vec4u();', 'source cannot be written'],
  ['let a = exp(1.0);', 'no function exp'],
  ['let a = sin(f32(id.x));', 'no function sin'],
  ['let a = atomicLoad(&tally[0]);', 'atomicLoad is not supported here'],
  ['let a = atomicAdd(&tally[0], 1u);', 'returns nothing that could be used'],
  ['atomicMax(&tally[0], 1u);', 'atomicMax is not supported'],
  ['let a = &id;', 'a pointer is only supported'],
  ['loop { break; }', '"loop" is not supported'],
  ['discard;', '"discard" is not supported'],
  ['break;', 'nothing to break out of'],
  ['continue;', 'nothing to continue'],
  ['workgroupBarrier();', 'no function workgroupBarrier'],
  ['let a = b;', 'b is not declared'],
  ['let a = 1u; a = 2u;', 'a cannot be assigned'],
  ['let a = 1u; let a = 2u;', 'a is declared twice'],
  ['var a: u32 = 1i;', 'i32 stands where u32 is expected'],
  ['var a: u32 = -1;', '-1 is no u32'],
  ['var a: u32 = 1.5;', 'float stands where u32 is expected'],
  ['let a = 1u + 1i;', 'i32 stands where u32 is expected'],
  ['let a = id.x + 1.0;', 'float stands where u32 is expected'],
  ['let a = f32(id.x) % 2.0;', 'is not supported'],
  ['let a = -id.x;', '− u32'],
  ['let a = !id.x;', '! u32'],
  ['let a = ~1.5f;', '~ f32'],
  ['let a = vec3u(1u, 2u);', 'vec3<u32> from 2 components'],
  ['let a = vec2u(1u) + vec3u(1u);', 'vec2<u32> beside vec3<u32>'],
  ['let a = id.w;', 'vec3<u32> has no w'],
  ['let a = id.q;', 'vec3<u32> has no q'],
  ['var a = vec4u(); a.xy = vec2u();', 'several components are assigned'],
  ['var a = vec4u(); a[id.x] = 1u;', 'is not known'],
  ['var a: array<u32, 3>; let b = a[id.x];', 'index is not known'],
  ['var a: array<u32, 3>; let b = a[3];', 'array<u32, 3> has no element 3'],
  ['var a: array<u32, 0>;', 'an array of 0 elements'],
  ['if (id.x) { }', 'a condition is a bool'],
  ['switch id.x { case 1u { } }', 'a switch without default'],
  ['let a = bitcast<vec2u>(1u);', 'bitcast of u32 to vec2<u32>'],
  ['let a = select(1u, 2u);', 'select takes 3 arguments'],
  ['let a = abs(1u, 2u);', 'abs takes 1 arguments'],
  ['let a: mat4x4f;', 'no type mat4x4f'],
  ['let a = 1h;', 'has a type that is not supported'],
  ['let a = 4294967296u;', '4294967296u is no u32'],
  ['let a = 1u $ 2u;', 'unexpected "$ 2u;'],
  ['let a = id.x & 1u | 2u;', '";" expected, found "|"'],
  ['let a = id.x == 1u & true;', '";" expected, found "&"'],
  ['let a = (1u;', '")" expected, found ";"'],
  ['let a = f(1u);', 'no function f'],
  ['id.x;', '"=" expected'],
])('%s', (statement, message) => {
  const said = complaint(statement);
  expect(said).toContain(message);
  expect(said).toMatch(/^shaders\/a\.wgsl:3: /);
});

test.each([
  ['fn f() -> u32 { return f(); }', 'f calls itself'],
  ['fn f(a: u32) -> u32 { if (a > 1u) { return 1u; } }', 'f takes 1 arguments'],
  ['fn f() -> u32 { for (var i = 0u; i < source[0].x; i++) { return 1u; } }', 'f may end without'],
  ['fn f() -> u32 { return; }', 'f returns a value'],
])('%s', (fn, message) => {
  expect(complaint('let a = f();', fn)).toContain(message);
});

test.each([
  ['alias A = u32;', 'a declaration expected, found "alias"'],
  ['enable f16;', 'a declaration expected, found "enable"'],
  ['var<workgroup> a: u32;', 'address space "workgroup"'],
  ['@id(3) override A: u32;', 'the attribute @id is not supported'],
  ['struct S { @align(16) a: u32 }', 'a name expected, found "@"'],
  ['const a = 1u; const a = 2u;', 'a is declared twice'],
  ['fn f() { /* no */ }', 'an expression expected'],
  ['fn f() {', 'an expression expected, found the end'],
])('%s', (declaration, message) => {
  expect(() => compileShader(declaration, { overrides: {} })).toThrow(message);
});

test('an override without a value, and one that does not fit', () => {
  const code = `override A: u32;${BINDINGS}@compute @workgroup_size(A) fn main() {}`;
  expect(() => compileShader(code, { overrides: {} })).toThrow('line 1: A has no value');
  expect(() => compileShader(code, { overrides: { A: -1 } })).toThrow('line 1: -1 is no u32');
  expect(() => compileShader(code, { overrides: { A: 1.5 } })).toThrow('line 1: float stands');
});

test('what nests too deep is refused, not a crash', () => {
  const deep = `let a = ${'('.repeat(50_000)}1u${')'.repeat(50_000)};`;
  expect(complaint(deep)).toContain('shaders/a.wgsl:');
});
