/** Every way of storing an update, on numbers worked out by hand. */
import { describe, expect, test } from 'vitest';
import { readBack, t } from '../../testing/adapter.ts';

const m = 'lora_unet_m';

describe('LoRA', () => {
  const factors = {
    [`${m}.lora_down.weight`]: t([1, 3]),
    [`${m}.lora_up.weight`]: t([2, 1], 1, 10),
  };

  test('is up · down times alpha / rank', () => {
    const read = readBack({ ...factors, [`${m}.alpha`]: t([], 0.5) });
    expect(read.of(m)).toMatchObject({ type: 'LoRA', rows: 2, columns: 3, rank: 1, alpha: 0.5 });
    expect(read.delta(m)).toEqual([
      [0.5, 1, 1.5],
      [5, 10, 15],
    ]);
  });

  test('without alpha has a scale of 1, and says so', () => {
    const read = readBack(factors);
    expect(read.of(m)).toMatchObject({ alpha: 1, scale: 1, magnitudes: null });
    expect(read.remarks).toEqual([
      `No alpha is stored: it is taken to be the rank, so the scale is 1 (${m}).`,
    ]);
  });

  test.each([
    ['of a linear layer with axes of one behind', [1, 3, 1, 1], [2, 1, 1, 1]],
    ['of a convolution in one row', [1, 3], [2, 1, 1, 1]],
  ])('%s', (_, down, up) => {
    const read = readBack({
      [`${m}.lora_down.weight`]: t(down),
      [`${m}.lora_up.weight`]: t(up, 1, 10),
    });
    expect(read.delta(m)).toEqual([
      [1, 2, 3],
      [10, 20, 30],
    ]);
  });

  test('of a convolution has the kernel’s places side by side', () => {
    const read = readBack({
      [`${m}.lora_down.weight`]: t([1, 2, 1, 2]),
      [`${m}.lora_up.weight`]: t([2, 1, 1, 1], 1, 10),
    });
    expect(read.delta(m)).toEqual([
      [1, 2, 3, 4],
      [10, 20, 30, 40],
    ]);
  });

  test('with a core sums over both ranks at each place of the kernel', () => {
    const read = readBack({
      [`${m}.lora_down.weight`]: t([2, 2, 1, 1], 1, 2, 3, 4),
      [`${m}.lora_mid.weight`]: t([1, 2, 1, 2], 1, 0, 0, 1),
      [`${m}.lora_up.weight`]: t([1, 1, 1, 1], 5),
      [`${m}.alpha`]: t([], 4),
    });
    // rank 2, scale 2; place 0 takes row 0 of down, place 1 takes row 1.
    expect(read.delta(m)).toEqual([[10, 30, 20, 40]]);
    expect(read.of(m).rank).toBe(2);
  });

  test('of more ranks than sides', () => {
    const read = readBack({
      [`${m}.lora_down.weight`]: t([3, 1]),
      [`${m}.lora_up.weight`]: t([1, 3]),
      [`${m}.alpha`]: t([1], 3),
    });
    expect(read.delta(m)).toEqual([[14]]);
  });
});

describe('LoHa', () => {
  test('is the element-wise product of two products', () => {
    const read = readBack({
      [`${m}.hada_w1_a`]: t([2, 1], 1, 2),
      [`${m}.hada_w1_b`]: t([1, 2], 3, 4),
      [`${m}.hada_w2_a`]: t([2, 1], 5, 6),
      [`${m}.hada_w2_b`]: t([1, 2], 7, 8),
      [`${m}.alpha`]: t([], 2),
    });
    expect(read.of(m)).toMatchObject({ type: 'LoHa', rank: 1, scale: 2, rows: 2, columns: 2 });
    expect(read.delta(m)).toEqual([
      [2 * 3 * 35, 2 * 4 * 40],
      [2 * 6 * 42, 2 * 8 * 48],
    ]);
  });
});

describe('LoKr', () => {
  test('is every element of w1 times all of w2', () => {
    const read = readBack({ [`${m}.lokr_w1`]: t([1, 2], 1, -1), [`${m}.lokr_w2`]: t([2, 2]) });
    expect(read.delta(m)).toEqual([
      [1, 2, -1, -2],
      [3, 4, -3, -4],
    ]);
  });

  test('with both matrices whole has no scale: an alpha is left, and said to be', () => {
    const read = readBack({
      [`${m}.lokr_w1`]: t([1, 1], 2),
      [`${m}.lokr_w2`]: t([1, 2]),
      [`${m}.alpha`]: t([], 1e10),
    });
    expect(read.of(m)).toMatchObject({ rank: null, alpha: null, scale: 1 });
    expect(read.delta(m)).toEqual([[2, 4]]);
    expect(read.remarks).toEqual([
      `alpha has no meaning here, and is left: both matrices are whole (${m}).`,
    ]);
  });

  test('has the rank of w2’s factors, else that of w1’s', () => {
    const two = { [`${m}.lokr_w2_a`]: t([2, 3]), [`${m}.lokr_w2_b`]: t([3, 2]) };
    const one = { [`${m}.lokr_w1_a`]: t([2, 4]), [`${m}.lokr_w1_b`]: t([4, 2]) };
    const alpha = { [`${m}.alpha`]: t([], 6) };
    const scale = (parts: Parameters<typeof readBack>[0]) => readBack(parts).of(m).scale;
    expect(scale({ ...two, ...one, ...alpha })).toBe(2);
    expect(scale({ ...one, [`${m}.lokr_w2`]: t([1, 1]), ...alpha })).toBe(1.5);
  });
});

describe('differences', () => {
  test('of weights, biases and norms are added as they are', () => {
    const read = readBack({
      [`${m}.diff`]: t([2, 1, 2]),
      [`${m}.diff_b`]: t([2], 7, 8),
      'lora_unet_norm.w_norm': t([2], 3, 4),
      'lora_unet_norm.b_norm': t([2], 5, 6),
    });
    expect(read.unread).toEqual([]);
    expect(read.delta(m)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(read.delta(m, 'bias')).toEqual([[7], [8]]);
    expect(read.delta('lora_unet_norm')).toEqual([[3], [4]]);
    expect(read.delta('lora_unet_norm', 'bias')).toEqual([[5], [6]]);
  });
});

describe('a module that cannot be read', () => {
  const lora = (down: readonly number[], up: readonly number[]) => ({
    [`${m}.lora_down.weight`]: t(down),
    [`${m}.lora_up.weight`]: t(up),
  });
  const whole = { [`${m}.lokr_w1`]: t([1, 1]), [`${m}.lokr_w2`]: t([1, 1]) };
  test.each<[string, Parameters<typeof readBack>[0], string]>([
    [
      'without its other factor',
      { [`${m}.lora_up.weight`]: t([2, 1]) },
      'No down tensor beside up.',
    ],
    [
      'with ranks that differ',
      lora([2, 3], [4, 3]),
      'Factors that do not fit each other: [4, 3] and [2, 3].',
    ],
    ['with a kernel in both factors', lora([2, 3, 3, 3], [4, 2, 3, 3]), 'Factors that do not fit'],
    ['of rank 0', lora([0, 3], [4, 0]), 'Shape [4, 0], where a matrix is expected.'],
    ['with factors of one axis', lora([3], [4]), 'Factors that do not fit each other'],
    ['with an alpha of 0', { ...lora([1, 2], [2, 1]), [`${m}.alpha`]: t([], 0) }, 'An alpha of 0'],
    [
      'with an alpha that is no number',
      { ...lora([1, 2], [2, 1]), [`${m}.alpha`]: t([], Number.NaN) },
      'An alpha of NaN.',
    ],
    [
      'with many alphas',
      { ...lora([1, 2], [2, 1]), [`${m}.alpha`]: t([2]) },
      'An alpha of shape [2], where one number',
    ],
    ['with nothing but an alpha', { [`${m}.alpha`]: t([]) }, 'No up tensor beside alpha.'],
    [
      'with nothing but magnitudes',
      { [`${m}.dora_scale`]: t([4]) },
      'Magnitudes without an update.',
    ],
    [
      'with two kinds at once',
      { ...lora([1, 2], [2, 1]), [`${m}.diff`]: t([2, 2]) },
      'Two kinds of update at once',
    ],
    [
      'with one matrix both whole and in factors',
      { ...whole, [`${m}.lokr_w1_a`]: t([1, 1]) },
      'lokr_w1 both whole and in factors.',
    ],
    [
      'with integers for factors',
      { ...lora([1, 2], []), [`${m}.lora_up.weight`]: { shape: [2, 1], dtype: 'I8' } },
      'I8 values, where floats are expected.',
    ],
    [
      'with one part twice',
      { ...lora([1, 2], [2, 1]), [`${m}.lora.up.weight`]: t([2, 1]) },
      'Two tensors for one part',
    ],
    [
      'with LoHa’s two matrices unlike',
      {
        [`${m}.hada_w1_a`]: t([2, 1]),
        [`${m}.hada_w1_b`]: t([1, 2]),
        [`${m}.hada_w2_a`]: t([2, 1]),
        [`${m}.hada_w2_b`]: t([1, 3]),
      },
      'Two matrices of different shapes: 2 × 2 and 2 × 3.',
    ],
  ])('%s is told with all its tensors', (_, tensors, why) => {
    const good = {
      'lora_unet_n.lora_down.weight': t([1, 2]),
      'lora_unet_n.lora_up.weight': t([2, 1]),
    };
    const read = readBack({ ...tensors, ...good });
    expect(read.updates.map(({ module }) => module)).toEqual(['lora_unet_n']);
    expect(read.unread.map(({ tensor }) => tensor)).toEqual(Object.keys(tensors));
    for (const each of read.unread) expect(each.why).toContain(why);
  });
});
