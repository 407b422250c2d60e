import { describe, expect, test } from 'vitest';
import type { Dtype } from '../../numerics/dtype.ts';
import golden from '../../testing/codes-golden.json';
import { bf16, f32, tensor, whole } from '../../testing/model-file.ts';
import { openCodes } from '../../testing/read-values.ts';

const words = (shape: readonly number[], values: readonly number[]) => whole('U32', shape, values);

describe('values worked out by hand', () => {
  test('FP8 with one scale', async () => {
    const model = openCodes({
      'a.weight': tensor('F8_E4M3', [2, 3], [1, -1.5, 448, 0, 0.0625, -2]),
      'a.scale_weight': f32([], [0.5]),
    });
    expect(await model.valuesOf('a.weight')).toEqual([0.5, -0.75, 224, 0, 0.03125, -1]);
  });

  test('the product is rounded once, to the dtype of the values', async () => {
    const scale = 0.1; // f32 0.100000001490116…
    const tensors = {
      'a.weight': tensor('F8_E4M3', [1], [1.125]),
      'a.weight_scale': f32([1], [scale]),
    };
    const product = Math.fround(Math.fround(scale) * 1.125);
    expect(await openCodes(tensors, { dtype: 'float32' }).valuesOf('a.weight')).toEqual([product]);
    // 0.1125 lies between 0.1123046875 and 0.11279296875 in bf16.
    expect(await openCodes(tensors).valuesOf('a.weight')).toEqual([0.1123046875]);
  });

  test('FP8 with a scale for each row, of BF16', async () => {
    const model = openCodes({
      'a.weight': tensor('F8_E5M2', [2, 2], [1, 2, 3, 4]),
      'a.weight_scale': bf16([2, 1], [2, 0.25]),
    });
    expect(await model.valuesOf('a.weight')).toEqual([2, 4, 0.75, 1]);
  });

  test('FP8 in blocks of 128 × 128, of which the last are cut off', async () => {
    const [rows, columns] = [130, 300];
    const model = openCodes({
      'a.weight': tensor('F8_E4M3', [rows, columns], [1]),
      'a.weight_scale_inv': f32([2, 3], [1, 2, 3, 4, 5, 6]),
    });
    const values = await model.valuesOf('a.weight');
    const at = (row: number, column: number) => values[row * columns + column];
    expect([at(0, 0), at(127, 127), at(0, 128), at(127, 299)]).toEqual([1, 1, 2, 3]);
    expect([at(128, 0), at(129, 128), at(129, 255), at(129, 256)]).toEqual([4, 5, 5, 6]);
  });

  test('NaN stays NaN, and what F16 cannot hold becomes infinite', async () => {
    const model = openCodes(
      {
        'a.weight': { ...whole('U8', [1, 3], [0x7f, 0x7e, 0xfe]), dtype: 'F8_E4M3' },
        'a.weight_scale': f32([1], [200]),
      },
      { torch_dtype: 'float16' },
    );
    expect(await model.valuesOf('a.weight')).toEqual([Number.NaN, Infinity, -Infinity]);
  });

  test.each([
    ['float16', 65_504, 65_519, 65_520],
    ['bfloat16', 2 ** 128 - 2 ** 120, 2 ** 128 - 2 ** 119 - 2 ** 104, 2 ** 128 - 2 ** 119],
  ])('%s holds what lies below halfway from its largest to the next', async (dtype, ...scales) => {
    const [largest] = scales;
    const model = openCodes(
      {
        'a.weight': tensor('F8_E4M3', [4, 1], [1, 1, 1, -1]),
        'a.weight_scale': f32([4, 1], [...scales, scales[2]]),
      },
      { torch_dtype: dtype },
    );
    expect(await model.valuesOf('a.weight')).toEqual([largest, largest, Infinity, -Infinity]);
  });

  test('affine codes of 4 bits: the first in the lowest bits', async () => {
    // Codes 1, 2, 3, … 15, 0, … in groups of 32: 4 words a group.
    const codes = [0x87654321, 0x0fedcba9, 0x87654321, 0x0fedcba9];
    const model = openCodes(
      {
        'a.weight': words([1, 8], [...codes, ...codes]),
        'a.scales': bf16([1, 2], [0.5, 2]),
        'a.biases': bf16([1, 2], [-1, 100]),
      },
      { quantization: { bits: 4, group_size: 32 } },
    );
    const values = await model.valuesOf('a.weight');
    expect(values.slice(0, 4)).toEqual([-0.5, 0, 0.5, 1]);
    expect(values.slice(14, 16)).toEqual([6.5, -1]);
    expect(values.slice(32, 35)).toEqual([102, 104, 106]);
  });

  test('affine codes of 3 bits run over the borders of words', async () => {
    // 32 codes 0, 1, …, 7, 0, … take three words.
    const bits = Array.from({ length: 32 }, (_, i) => BigInt(i % 8) << BigInt(3 * i));
    const stream = bits.reduce((all, one) => all | one, 0n);
    const three = [0n, 32n, 64n].map((shift) => Number((stream >> shift) & 0xffffffffn));
    const model = openCodes({
      'a.weight': words([1, 3], three),
      'a.scales': f32([1, 1], [1]),
      'a.biases': f32([1, 1], [0]),
    });
    expect(await model.valuesOf('a.weight')).toEqual(Array.from({ length: 32 }, (_, i) => i % 8));
  });

  test('MXFP4 of gpt-oss: low nibble first, powers of two, matrices turned', async () => {
    const block = (first: number) => [first, ...new Array<number>(15).fill(0)];
    const model = openCodes({
      // One expert of 2 rows × 32 columns: 0x72 is 1 and 6, 0x9a is −1 and −0.5.
      'e.down_proj_blocks': whole('U8', [1, 2, 1, 16], [...block(0x72), ...block(0x9a)]),
      'e.down_proj_scales': whole('U8', [1, 2, 1], [128, 126]),
    });
    expect(model.tensors.get('e.down_proj')?.shape).toEqual([1, 32, 2]);
    const values = await model.valuesOf('e.down_proj');
    expect(values.slice(0, 4)).toEqual([2, -0.5, 12, -0.25]);
  });

  test('the same in the names of OpenAI is not turned, and 255 is no number', async () => {
    const bytes = [0x72, ...new Array<number>(15).fill(0)];
    const model = openCodes({
      'w.blocks': whole('U8', [2, 1, 16], [...bytes, ...bytes]),
      'w.scales': whole('U8', [2, 1], [127, 255]),
    });
    expect(model.tensors.get('w')?.shape).toEqual([2, 32]);
    const values = await model.valuesOf('w');
    expect(values.slice(0, 3)).toEqual([1, 6, 0]);
    expect(values[32]).toBeNaN();
  });

  test('int8 with a scale for each row', async () => {
    const model = openCodes(
      {
        'a.weight': whole('I8', [2, 2], [1, 0xff, 0x80, 127]),
        'a.weight_scale': f32([2, 1], [2, 0.5]),
      },
      { quantization_config: { quant_method: 'compressed-tensors' } },
    );
    expect(await model.valuesOf('a.weight')).toEqual([2, -2, -64, 63.5]);
  });
});

describe('values of the tools that publish the codes', () => {
  const bytesOf = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  type Golden = Readonly<Record<string, { dtype: string; shape: number[]; bytes: string }>>;
  const tensorsOf = (given: Golden) =>
    Object.fromEntries(
      Object.entries(given).map(([name, { dtype, shape, bytes }]) => [
        name,
        { dtype: dtype as Dtype, shape, bytes: bytesOf(bytes) },
      ]),
    );

  test.each(golden.cases.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const { dtype, quantization = {} } = each as { dtype: string; quantization?: object };
    const model = openCodes(tensorsOf(each.tensors as unknown as Golden), {
      dtype,
      quantization_config: quantization,
    });
    const [[name, expected]] = Object.entries(tensorsOf(each.expected as unknown as Golden));
    expect(model.tensors.get(name)).toMatchObject({ dtype: expected.dtype, shape: expected.shape });
    expect([...(await model.bytesOf(name))]).toEqual([...expected.bytes]);
  });
});
