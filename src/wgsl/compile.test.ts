import { expect, test } from 'vitest';
import { compileShader } from './compile.ts';

test('a shader runs for the workgroups that are asked for', () => {
  const { bytes, parameters } = compileShader(
    `@group(0) @binding(0) var<storage, read> a: array<u32>;
     @group(0) @binding(1) var<storage, read_write> b: array<u32>;
     override BY: u32 = 1u;
     @compute @workgroup_size(1)
     fn main(@builtin(workgroup_id) id: vec3u) { b[id.x] = a[id.x] * BY + id.z; }`,
    { overrides: { BY: 10 } },
  );
  expect(parameters).toEqual(['a', 'b', 'begin', 'end', 'z']);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { main } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
    .exports as { readonly main: (...given: readonly number[]) => void };
  const words = new Uint32Array(memory.buffer);
  words.set([1, 2, 3, 4]);
  main(0, 64, 1, 3, 7);
  expect([...words.subarray(16, 20)]).toEqual([0, 27, 37, 0]);
});
