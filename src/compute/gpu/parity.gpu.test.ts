import { describe } from 'vitest';
import { methods } from '../../methods/registry.ts';
import { type FloatDtype, floatDtypes } from '../../numerics/dtype.ts';
import { gpuTest } from '../../testing/gpu.ts';
import { compare } from '../../testing/parity.ts';
import { randomNumbers } from '../../testing/samples.ts';

// Every method against the CPU backend, which is its definition. A new method is covered by its folder.

const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 255, 257, 1000, 4097];

/** Dtypes of the planes and of the output: each alone, and planes that differ. */
const layouts: readonly (readonly [string, (plane: number) => FloatDtype, FloatDtype])[] = [
  ...floatDtypes.map((dtype) => [dtype, () => dtype, dtype] as const),
  ['mixed dtypes', (plane) => floatDtypes[(plane * 5 + 2) % floatDtypes.length], 'BF16'],
];

/**
 * Formulas compute in f32 whatever is stored. Beside F32 and BF16 each method meets one of the dtypes that are
 * only decoded and encoded otherwise, in turn; the compiled shaders meet all of them.
 */
const turns = ['F16', 'F8_E4M3', 'F8_E5M2', 'F64'];

/** Planes that differ take the longest to compile: each method meets them once, read as stored or rounded first. */
const mixedAs = (turn: number) => (['stored', 'F16', 'BF16'] as const)[turn % 3];

const layoutsOf = (turn: number) =>
  layouts.filter(([name]) =>
    name === 'mixed dtypes'
      ? mixedAs(turn) === 'stored'
      : !turns.includes(name) || name === turns[turn % turns.length],
  );

/**
 * paper and peft run the same programs, told apart by coefficients: one of them stands for both. Where nothing but decoding and
 * encoding is new, the dialects take turns, too.
 */
const dialectsOn = (layout: string, turn: number) =>
  layout === 'F32' || layout === 'BF16'
    ? ([turn % 2 === 0 ? 'paper' : 'peft', 'mergekit'] as const)
    : ([turn % 2 === 0 ? 'mergekit' : 'paper'] as const);

const all = methods.map((method, turn) => [method.id, method, turn] as const);

describe.each(all)('%s', (_id, method, turn) => {
  for (const [layout, dtypeOf, output] of layoutsOf(turn)) {
    const models = Math.min(3, method.arity.models[1]);
    for (const dialect of dialectsOn(layout, turn)) {
      gpuTest(`as ${dialect} defines it on ${layout}, sizes 0 to 4097`, async (device) => {
        const random = randomNumbers(layout.length * 7 + dialect.length);
        // Not unrolled: this compiles most of all programs. The tests below unroll.
        const shared = { random, method, dialect, choices: {}, unroll: false };
        for (const elementCount of SIZES) {
          const regime = elementCount % 2 === 0 ? 'dyadic' : 'random';
          const fixed = { ...shared, models, dtypeOf, output, elementCount };
          await compare(device, { ...fixed, regime });
        }
      });
    }
  }

  const inputs = mixedAs(turn);
  if (inputs === 'stored') return;
  gpuTest(`with inputs rounded to ${inputs} first, written wider`, async (device) => {
    const random = randomNumbers(inputs.length);
    const models = Math.min(3, method.arity.models[1]);
    const dtypeOf = (plane: number) => (['F32', 'BF16', 'F16'] as const)[plane % 3];
    const dialect = turn % 2 === 0 ? 'paper' : 'mergekit';
    for (const elementCount of [1, 8, 257, 4097]) {
      const regime = elementCount % 2 === 0 ? 'dyadic' : 'random';
      const shared = { random, method, dialect, choices: {}, models, dtypeOf, regime } as const;
      await compare(device, { ...shared, inputs, output: 'F32', elementCount, unroll: false });
    }
  });
});
