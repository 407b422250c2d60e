import { describe, expect, it } from 'vitest';
import { pack } from '../../methods/coefficients.ts';
import type { Deriving, Keep, Measure } from '../../methods/method.ts';
import { findMethod } from '../../methods/registry.ts';
import { countKept } from '../../numerics/random.ts';
import { roundTo } from '../../numerics/round.ts';
import { selectMagnitude } from '../../numerics/select.ts';
import { blocksOf, bytesOf } from '../../testing/merge-tensor.ts';
import type { Backend, Block, Blocks, Kernel, Work } from '../backend.ts';
import { cpuBackend } from './backend.ts';
import { definitionBackend } from './definition.ts';
import { CHUNK } from './task.ts';

const never = new AbortController().signal;
const at = { tensorKey: 99, ordinals: [0, 2, 5] };

/** Values that are exact in BF16 and often equal in magnitude. */
function values(seed: number, length: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 25) - 64) / 64;
  });
}

function tensor(count: number, blockSize = Math.max(1, count)) {
  const models = [1, 2, 3].map((seed) => values(seed, count));
  const base = values(4, count);
  const planes = [...models, base].map((plane) => bytesOf(plane, 'BF16'));
  const blocks = blocksOf(planes, ['BF16', 'BF16', 'BF16', 'BF16'], true, count, blockSize);
  const taus = models.map((model) => model.map((value, i) => value - base[i]));
  return { models, base, blocks, taus };
}

/** SCE's numbers, where variances above 0.25 are selected, and those equal to it up to element 9,999. */
const deriving: Deriving = {
  methodId: 'sce',
  coefficients: pack(
    findMethod('sce')!,
    {
      ...{ part: 1 / 9, selects: true, variance: 0.25, cut: 10_000 },
      ...{ electWeighted: false, byFrequency: false, unanimous: false, evenIsPlus: true },
      ...{ divisor: 1, weight: [1, 1, 1] },
    },
    3,
  ),
};

function measure(backend: Backend, blocks: Blocks, asked: Measure[]) {
  return backend.measure(blocks, asked, { work: 'F32', at, deriving }, never);
}

const sumOfChanges: Kernel = {
  methodId: 'task_arithmetic',
  coefficients: [0.75, 0, 0.5, -0.25, 1],
  output: 'BF16',
  work: 'F32',
  resultAs: 'F32',
  at,
};

/** The output as one hexadecimal text: arrays so long are slow to compare. */
async function map(backend: Backend, blocks: Blocks, kernel = sumOfChanges) {
  const parts: Uint8Array[] = [];
  let saturated = 0;
  let nonFinite = 0;
  for await (const mapped of backend.map(blocks, kernel, never)) {
    parts.push(mapped.bytes);
    saturated += mapped.saturated;
    nonFinite += mapped.nonFinite;
  }
  return { hex: Buffer.concat(parts).toString('hex'), saturated, nonFinite };
}

/** The same blocks, each put into its room while the one before is worked on, as far ahead as is allowed. */
function filledAhead(blocks: Blocks): Blocks {
  return {
    ...blocks,
    async *read(signal, room) {
      let ready: Block | null = null;
      for await (const block of blocks.read(signal)) {
        const planes = room?.(block.start, block.count) ?? block.planes;
        for (const [k, plane] of planes.entries()) plane.set(block.planes[k]);
        if (ready) yield ready;
        ready = { ...block, planes };
      }
      if (ready) yield ready;
    },
  };
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const definition = definitionBackend();
const compiled = cpuBackend();
const both = [
  ['the definition', definition],
  ['the compiled shaders', compiled],
] as const;

const mass = (model: number, keep: Keep): Measure => ({ kind: 'mass', model, keep });
const drawn = { kind: 'drawn', density: 0.3, seed: 11, draws: 4 } as const;
const asked: Measure[] = [
  { kind: 'magnitude', model: 1, count: 4321 },
  { kind: 'dot', of: 'taskVectors', a: 0, b: 1 },
  mass(2, { kind: 'all' }),
  { kind: 'magnitude', model: 0, count: 17 },
  mass(0, { kind: 'largest', magnitude: 0.5, lastIndex: 20_000 }),
  mass(1, drawn),
  { kind: 'rank', of: 'variance', model: 0, count: 4321 },
  { kind: 'sum', of: 'square', model: 2 },
];

describe('the same numbers', () => {
  // Large enough for selections to take a sample.
  const count = 16 * CHUNK + 13;

  it('while the next block is filled', async () => {
    const { blocks } = tensor(count, 4 * CHUNK);
    const ahead = filledAhead(blocks);
    expect(await measure(compiled, ahead, asked)).toEqual(await measure(definition, blocks, asked));
    expect(await map(compiled, ahead)).toEqual(await map(definition, blocks));
  });

  it.each([
    ['the definition in blocks of 4096', definition, 4096],
    ['the definition in blocks of 10,001', definition, 10_001],
    ['the compiled shaders', compiled, count],
    ['the compiled shaders in blocks of 32,768', compiled, 2 * CHUNK],
    ['the compiled shaders in blocks of 4096', compiled, 4096],
    ['the compiled shaders in odd blocks', compiled, 3 * CHUNK + 7],
  ])('come from %s as from the definition in one block', async (_, backend, blockSize) => {
    const whole = tensor(count).blocks;
    const { blocks } = tensor(count, blockSize);
    expect(await measure(backend, blocks, asked)).toEqual(await measure(definition, whole, asked));
    const dare = { ...sumOfChanges, methodId: 'dare_linear' };
    const each = { weight: 1, limit: 2 ** 23, share: 0.5, rescale: 1 };
    const coefficients = pack(
      findMethod('dare_linear')!,
      {
        ...{ lambda: 1, normalize: false, seed: 42, draws: 3 },
        ...Object.fromEntries(
          Object.entries(each).map(([name, value]) => [name, [value, value, value]]),
        ),
      },
      3,
    );
    for (const kernel of [sumOfChanges, { ...dare, coefficients }]) {
      expect(await map(backend, blocks, kernel)).toEqual(await map(definition, whole, kernel));
    }
  });
});

describe.each(both)('measuring by %s', (_name, backend) => {
  it.each([0, 1, 3, 7, CHUNK, CHUNK + 1])('answers for %i elements', async (count) => {
    const { models, blocks, taus } = tensor(count);
    const sum = (list: Float32Array) => list.reduce((total, value) => total + value, 0);
    const half = Math.trunc(count / 2);
    const cut = selectMagnitude(taus[1], half);
    const keep = { kind: 'largest', ...cut } as const;
    const kept = taus[1].map(Math.abs).sort().reverse().slice(0, half);
    // Multiples of 1/64, so that all but the last step is exact.
    const variances = taus[0].map((_, i) => {
      const [a, b, c] = taus.map((tau) => tau[i]);
      return 2 * (a * a + b * b + c * c - a * b - b * c - c * a) * Math.fround(1 / 9);
    });
    const spread = selectMagnitude(variances, half);
    const counts = new Uint8Array(count);
    countKept({ ...drawn, tensorKey: 99, model: 5 }, 0, counts);
    expect(
      await measure(backend, blocks, [
        { kind: 'dot', of: 'weights', a: 0, b: 2 },
        { kind: 'dot', of: 'taskVectors', a: 1, b: 1 },
        { kind: 'magnitude', model: 1, count: half },
        mass(0, { kind: 'all' }),
        mass(1, keep),
        mass(2, drawn),
        { kind: 'sum', of: 'varies', model: 0 },
        { kind: 'rank', of: 'variance', model: 0, count: half },
        { kind: 'sum', of: 'square', model: 1 },
      ]),
    ).toEqual([
      [sum(models[0].map((value, i) => value * models[2][i]))],
      [sum(taus[1].map((value) => value * value))],
      [cut.magnitude, cut.lastIndex],
      [sum(taus[0].map(Math.abs))],
      [sum(kept)],
      [sum(taus[2].map((value, i) => (Math.abs(value) * counts[i]) / 4))],
      [variances.filter((value) => value > 0).length],
      [spread.magnitude, spread.lastIndex],
      [
        sum(
          taus[1].map((value, i) =>
            variances[i] > 0.25 || (variances[i] === 0.25 && i < 10_000) ? value * value : 0,
          ),
        ),
      ],
    ]);
  });

  it.each([
    ['heavy ties', (value: number) => value],
    ['few ties', (value: number, i: number) => value + i * 2 ** -24],
    ['nothing but zeros', () => 0],
    ['a single step', (_: number, i: number) => (i < 200_000 ? 0 : 1)],
  ])('selects from a large tensor with %s', async (_, change) => {
    const count = 16 * CHUNK + 7;
    const model = values(5, count).map(change);
    const planes = [model, new Float32Array(count)].map((plane) => bytesOf(plane, 'F32'));
    const blocks = blocksOf(planes, ['F32', 'F32'], true, count, 7 * CHUNK + 1);
    const counts = [1, 1000, count >> 1, count - 1];
    const measures = counts.map((count) => ({ kind: 'magnitude', model: 0, count }) as const);
    const expected = counts.map((k) => {
      const { magnitude, lastIndex } = selectMagnitude(model, k);
      return [magnitude, lastIndex];
    });
    expect(await measure(backend, blocks, measures)).toEqual(expected);
  });

  it('reads the tensor once for sums and no more than three times for a selection', async () => {
    const { blocks } = tensor(1000);
    let reads = 0;
    const counting = {
      ...blocks,
      read: (signal: AbortSignal) => {
        reads++;
        return blocks.read(signal);
      },
    };
    await measure(backend, counting, [mass(0, { kind: 'all' })]);
    expect(reads).toBe(1);
    await measure(backend, counting, asked);
    expect(reads).toBeLessThanOrEqual(4);
    const before = reads;
    await measure(backend, counting, [{ kind: 'magnitude', model: 0, count: 1000 }]);
    expect(reads).toBe(before);
  });

  it('reads a large tensor for a sample, a bracket and the last tie, whatever is heavy', async () => {
    const { blocks } = tensor(16 * CHUNK);
    for (const count of [10, 50_000, 100_000, 200_000]) {
      let reads = 0;
      const read = (signal: AbortSignal) => {
        reads++;
        return blocks.read(signal);
      };
      await measure(backend, { ...blocks, read }, [{ kind: 'magnitude', model: 0, count }]);
      expect(reads, `count ${count}`).toBeLessThanOrEqual(3);
    }
  });

  it('forms task vectors in the working precision', async () => {
    const model = Float32Array.of(1, 1.0078125);
    const base = Float32Array.of(2 ** -10, 2 ** -9);
    const planes = [model, base].map((plane) => bytesOf(plane, 'BF16'));
    const blocks = blocksOf(planes, ['BF16', 'BF16'], true, 2);
    for (const work of ['F32', 'F16', 'BF16'] satisfies Work[]) {
      const round = roundTo(work);
      const expected = round(1 - 2 ** -10) + round(1.0078125 - 2 ** -9);
      const [[total]] = await backend.measure(
        blocks,
        [mass(0, { kind: 'all' })],
        { work, at },
        never,
      );
      expect(total, work).toBe(expected);
    }
  });

  it('sees what f32 sums would cancel away', async () => {
    const model = Float32Array.of(2 ** 30, 1, -(2 ** 30), 2 ** -20);
    const other = Float32Array.of(1, 1, 1, 1);
    const planes = [model, other].map((plane) => bytesOf(plane, 'F32'));
    const blocks = blocksOf(planes, ['F32', 'F32'], false, 4);
    const dot = { kind: 'dot', of: 'weights', a: 0, b: 1 } as const;
    expect(await measure(backend, blocks, [dot])).toEqual([[1 + 2 ** -20]]);
  });

  it('has no task vectors without a base', async () => {
    const blocks = blocksOf([bytesOf([1], 'F32')], ['F32'], false, 1);
    await expect(measure(backend, blocks, [mass(0, { kind: 'all' })])).rejects.toThrow(
      'Without a base',
    );
  });
});

describe.each(both)('merging by %s', (_name, backend) => {
  it.each([0, 1, 3, 7, CHUNK + 1])('merges %i elements', async (count) => {
    const { models, base, blocks } = tensor(count);
    const expected = base.map((b, i) => {
      const [x, y, z] = models.map((model) => model[i] - b);
      return b + 0.75 * (0.5 * x - 0.25 * y + z);
    });
    expect((await map(backend, blocks)).hex).toBe(hexOf(bytesOf(expected, 'BF16')));
  });

  it('gives one answer per block', async () => {
    const sizes: number[] = [];
    for await (const { bytes } of backend.map(
      tensor(100_000, 40_000).blocks,
      sumOfChanges,
      never,
    )) {
      sizes.push(bytes.length / 2);
    }
    expect(sizes).toEqual([40_000, 40_000, 20_000]);
  });

  it('follows the IEEE rules for infinities and NaN, and counts what it stores', async () => {
    const model = Float32Array.of(Infinity, Number.NaN, 60_000, 1, -60_000);
    const planes = [model, Float32Array.of(Infinity, 1, 60_000, 1, -60_000)].map((plane) =>
      bytesOf(plane, 'F32'),
    );
    const blocks = blocksOf(planes, ['F32', 'F32'], false, 5);
    const kernel = {
      ...sumOfChanges,
      methodId: 'linear',
      coefficients: [0, 1, 1],
      output: 'F16',
    } as const;
    expect(await map(backend, blocks, kernel)).toEqual({
      hex: hexOf(new Uint8Array(Uint16Array.of(0x7c00, 0x7e00, 0x7bff, 0x4000, 0xfbff).buffer)),
      saturated: 2,
      nonFinite: 2,
    });
  });

  it('says which method is missing', async () => {
    const { blocks } = tensor(3);
    await expect(map(backend, blocks, { ...sumOfChanges, methodId: 'alchemy' })).rejects.toThrow(
      'There is no merge method "alchemy"',
    );
  });
});

describe('stopping', () => {
  it.each([...both])('rejects with AbortError when aborted half way, %s', async (_, backend) => {
    const { blocks } = tensor(8 * CHUNK, CHUNK + 1);
    const abort = new AbortController();
    const walk = async () => {
      for await (const _mapped of backend.map(blocks, sumOfChanges, abort.signal)) abort.abort();
    };
    await expect(walk()).rejects.toMatchObject({ name: 'AbortError' });
    const measuring = backend.measure(blocks, asked, { work: 'F32', at }, abort.signal);
    await expect(measuring).rejects.toMatchObject({ name: 'AbortError' });
  });
});
