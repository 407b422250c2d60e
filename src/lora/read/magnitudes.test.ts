import { describe, expect, test } from 'vitest';
import { readBack, t } from '../../testing/adapter.ts';

const m = 'lora_unet_m';

/** LoRA of rank 1 with magnitudes of a shape. */
function read(rows: number, columns: readonly number[], part: string, shape: readonly number[]) {
  return readBack({
    [`${m}.lora_down.weight`]: t([1, ...columns]),
    [`${m}.lora_up.weight`]: t([rows, 1]),
    [`${m}.${part}`]: t(shape),
  });
}

describe('dora_scale', () => {
  test.each<[string, number, readonly number[], readonly number[], 'row' | 'column']>([
    ['outputs × 1', 4, [6], [4, 1], 'row'],
    ['outputs × 1 of a square', 4, [4], [4, 1], 'row'],
    ['outputs × 1 × 1 × 1', 4, [6, 3, 3], [4, 1, 1, 1], 'row'],
    ['1 × inputs', 4, [6], [1, 6], 'column'],
    ['1 × inputs of a square', 4, [4], [1, 4], 'column'],
    ['one axis as long as the outputs', 4, [6], [4], 'row'],
    ['one axis as long as the inputs', 4, [6], [6], 'column'],
    ['1 × outputs, which nothing else can be', 4, [6], [1, 4], 'row'],
    ['one row of magnitudes for one row', 1, [6], [1, 1], 'row'],
  ])('%s', (_, rows, columns, shape, per) => {
    const { magnitudes, type } = read(rows, columns, 'dora_scale', shape).of(m);
    expect([magnitudes?.per, magnitudes?.input, type]).toEqual([per, 2, 'LoRA with DoRA']);
  });

  test.each<[string, number, readonly number[], readonly number[], string]>([
    ['of one axis for a square', 4, [4], [4], 'rows or columns, it does not say'],
    ['of a length that is neither', 4, [6], [5], 'neither fits'],
    ['one for a weight of one element', 1, [1], [1, 1], 'rows or columns, it does not say'],
    ['with two axes', 4, [6], [2, 2], 'neither fits'],
    ['for inputs of a kernel', 4, [6, 3, 3], [1, 6, 1, 1], 'one for all places of a kernel'],
  ])('%s is not read', (_, rows, columns, shape, why) => {
    const found = read(rows, columns, 'dora_scale', shape);
    expect(found.updates).toEqual([]);
    expect(found.unread).toHaveLength(3);
    expect(found.unread[0].why).toContain(why);
    expect(found.unread[0].why).toContain(`[${shape.join(', ')}]`);
  });
});

describe('magnitude', () => {
  test('belongs to outputs, square or not, as ai-toolkit writes it', () => {
    expect(read(4, [4], 'magnitude', [4]).of(m).magnitudes?.per).toBe('row');
    expect(read(4, [6], 'magnitude', [6]).unread[0].why).toBe('6 magnitudes for 4 outputs.');
  });

  test('is said of the adapter, once for all modules', () => {
    expect(read(4, [6], 'magnitude', [4]).remarks.join(' ')).toContain('DoRA: rows or columns get');
  });

  test('twice is not read', () => {
    const twice = readBack({
      [`${m}.lora_down.weight`]: t([1, 6]),
      [`${m}.lora_up.weight`]: t([4, 1]),
      [`${m}.magnitude`]: t([4]),
      [`${m}.dora_scale`]: t([4, 1]),
    });
    expect(twice.unread[0].why).toBe('Magnitudes twice: magnitude and dora_scale.');
  });
});
