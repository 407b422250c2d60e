import { describe } from 'vitest';
import { arithmeticWords } from '../../methods/dialect.ts';
import type { MergeMethod } from '../../methods/method.ts';
import { methods } from '../../methods/registry.ts';
import { sampleChoices } from '../../testing/comparison.ts';
import { gpuTest } from '../../testing/gpu.ts';
import { compare } from '../../testing/parity.ts';
import { randomNumbers } from '../../testing/samples.ts';

// As parity.gpu.test.ts, through the choices of the arithmetic, numbers of models, and pieces.

/** Three are what all other tests merge. */
function modelCounts({ arity }: MergeMethod): readonly number[] {
  const [least, most] = arity.models;
  return [1, 2, 5].filter((count) => count >= least && count <= most);
}

const all = methods.map((method, turn) => [method.id, method, turn] as const);

describe.each(all)('%s', (_id, method, turn) => {
  gpuTest('by every choice that the form offers', async (device) => {
    const models = Math.min(3, method.arity.models[1]);
    const random = randomNumbers(17);
    const fixed = { random, method, models, output: 'BF16', unroll: false } as const;
    for (const choice of method.choices.filter((one) => one !== 'work')) {
      for (const value of Object.keys(arithmeticWords[choice].choices)) {
        for (const regime of ['dyadic', 'random'] as const) {
          const choices = { [choice]: value };
          const more = { dialect: 'paper', choices, regime, elementCount: 999 } as const;
          await compare(device, { ...fixed, ...more, dtypeOf: () => 'BF16' });
        }
      }
    }
  });

  for (const models of modelCounts(method)) {
    gpuTest(`with ${models} models, both kinds of input`, async (device) => {
      const random = randomNumbers(models);
      const choices = sampleChoices(random, method);
      const fixed = { random, method, dialect: 'paper', choices, models, output: 'BF16' } as const;
      for (let round = 0; round < 4; round++) {
        const regime = round % 2 === 0 ? 'dyadic' : 'random';
        await compare(device, { ...fixed, regime, dtypeOf: () => 'BF16', elementCount: 999 });
      }
    });
  }

  gpuTest('on 140,003 elements in several pieces', async (device) => {
    const random = randomNumbers(11);
    const models = Math.min(3, method.arity.models[1]);
    const choices = sampleChoices(random, method);
    const fixed = { random, method, dialect: 'paper', choices, models, output: 'F32' } as const;
    const regime = turn % 2 === 0 ? 'dyadic' : 'random';
    await compare(device, { ...fixed, regime, dtypeOf: () => 'F32', elementCount: 140_003 });
  });
});
