import { expect } from 'vitest';
import { decode } from '../../numerics/decode.ts';
import { bytesPerElement, type FloatDtype, floatDtypes } from '../../numerics/dtype.ts';
import { encode } from '../../numerics/encode.ts';
import { gpuTest } from '../../testing/gpu.ts';
import { blocksOf } from '../../testing/merge-tensor.ts';
import type { Mapped } from '../backend.ts';
import { gpuBackend } from './backend.ts';

/** The elements as they come out of the map when nothing happens to them: one model, weight 1. */
async function pass(
  device: GPUDevice,
  bytes: Uint8Array<ArrayBuffer>,
  from: FloatDtype,
  output: FloatDtype,
): Promise<Mapped> {
  const backend = gpuBackend(device, 'test');
  const count = bytes.length / bytesPerElement(from);
  const at = { tensorKey: 0, ordinals: [0] };
  const kernel = {
    methodId: 'linear',
    coefficients: [0, 1],
    output,
    work: 'F32',
    resultAs: 'F32',
    at,
  } as const;
  try {
    const signal = new AbortController().signal;
    for await (const mapped of backend.map(
      blocksOf([bytes], [from], false, count),
      kernel,
      signal,
    )) {
      return mapped;
    }
    throw new Error('Nothing came out');
  } finally {
    backend.dispose();
  }
}

/** Every finite pattern of a dtype of 8 or 16 bits. */
function patternsOf(dtype: FloatDtype): Uint8Array<ArrayBuffer> {
  const wide = bytesPerElement(dtype) === 2;
  const all = wide
    ? new Uint16Array(65536).map((_, code) => code)
    : new Uint8Array(256).map((_, code) => code);
  const values = new Float32Array(all.length);
  decode(new Uint8Array(all.buffer), dtype, values);
  const finite = all.filter((_, i) => Number.isFinite(values[i])).slice();
  return new Uint8Array(finite.buffer as ArrayBuffer);
}

const SMALLEST_NORMAL = 2 ** -126;

/** −0 and 0 apart; what is subnormal in f32 may have become zero. */
function expectSameValues(got: Float32Array, wanted: Float32Array): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    if (Math.abs(wanted[i]) < SMALLEST_NORMAL && got[i] === 0) continue;
    if (!Object.is(got[i], wanted[i])) expect.fail(`element ${i}: ${got[i]}, not ${wanted[i]}`);
  }
}

for (const dtype of ['F16', 'BF16', 'F8_E4M3', 'F8_E5M2'] as const) {
  gpuTest(`every finite ${dtype} decodes to its f32, subnormals included`, async (device) => {
    const patterns = patternsOf(dtype);
    const wanted = new Float32Array(patterns.length / bytesPerElement(dtype));
    decode(patterns, dtype, wanted);
    const { bytes } = await pass(device, patterns, dtype, 'F32');
    const got = new Float32Array(bytes.slice().buffer);
    // A weighted sum begins at +0, and −0 · 1 + 0 = 0.
    expectSameValues(
      got,
      wanted.map((value) => value + 0),
    );
  });
}

/** f32 on, between and next to the values of a dtype, beyond its largest, and at its subnormals. */
function edgesOf(dtype: FloatDtype): Float32Array<ArrayBuffer> {
  const sources = dtype === 'F32' || dtype === 'F64' ? 'BF16' : dtype;
  const patterns = patternsOf(sources);
  const values = new Float32Array(patterns.length / bytesPerElement(sources));
  decode(patterns, sources, values);
  const sorted = values.filter((value) => value !== 0).sort();
  const edges: number[] = [0];
  const step = (value: number, by: number) => {
    const word = new Uint32Array(Float32Array.of(value).buffer);
    word[0] += by;
    return new Float32Array(word.buffer)[0];
  };
  const tinyApart = (value: number) => [step(value, -1), value, step(value, 1)];
  for (let i = 0; i < sorted.length; i++) {
    edges.push(...tinyApart(sorted[i]));
    // The middle of two neighbours is a tie.
    if (i > 0) edges.push(...tinyApart(Math.fround((sorted[i - 1] + sorted[i]) / 2)));
  }
  const largest = sorted[sorted.length - 1];
  for (const factor of [1.01, 1.03, 1.0625, 1.25, 2, 1000]) edges.push(largest * factor);
  const finite = edges.map(Math.fround).filter((value) => Number.isFinite(value));
  return Float32Array.from(finite.filter((value) => Math.abs(value) >= SMALLEST_NORMAL));
}

for (const dtype of floatDtypes) {
  gpuTest(
    `f32 encodes to ${dtype} as on the CPU: ties to even, saturated and counted`,
    async (device) => {
      const values = edgesOf(dtype);
      const wanted = new Uint8Array(values.length * bytesPerElement(dtype));
      const { saturated } = encode(values, dtype, wanted);
      const got = await pass(device, new Uint8Array(values.buffer), 'F32', dtype);
      expect(got.saturated).toBe(saturated);
      expect(Buffer.compare(got.bytes, wanted)).toBe(0);
    },
  );
}

gpuTest('f64 decodes to the nearest f32, ties to even', async (device) => {
  const f64: number[] = [];
  for (let exponent = -125; exponent < 127; exponent += 7) {
    for (const mantissa of [
      1,
      1.5,
      1 + 2 ** -23,
      1 + 2 ** -24,
      1 + 3 * 2 ** -24,
      1 + 2 ** -24 + 2 ** -50,
    ]) {
      f64.push(mantissa * 2 ** exponent, -mantissa * 2 ** exponent);
    }
  }
  f64.push(0, 2 - 2 ** -30, 3.4028234663852886e38, 1e-310, -1e-300);
  const values = Float64Array.from(f64);
  const { bytes } = await pass(device, new Uint8Array(values.buffer), 'F64', 'F32');
  expectSameValues(
    new Float32Array(bytes.slice().buffer),
    Float32Array.from(f64, (v) => Math.fround(v) + 0),
  );
});

gpuTest('signs of zero and of the smallest values survive encoding', async (device) => {
  const values = Float32Array.of(
    2 ** -24,
    -(2 ** -24),
    2 ** -25,
    1.9 * 2 ** -26,
    -(2 ** -25),
    2 ** -9,
    -(2 ** -9),
    2 ** -16,
  );
  for (const dtype of ['F16', 'F8_E4M3', 'F8_E5M2'] as const) {
    const wanted = new Uint8Array(values.length * bytesPerElement(dtype));
    encode(values, dtype, wanted);
    const got = await pass(device, new Uint8Array(values.buffer), 'F32', dtype);
    expect(got.bytes).toEqual(wanted);
  }
});
