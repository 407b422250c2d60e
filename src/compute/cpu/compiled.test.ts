import { test } from 'vitest';
import { inputDtypes } from '../../methods/precision.ts';
import { methods } from '../../methods/registry.ts';
import { floatDtypes } from '../../numerics/dtype.ts';
import { sampleChoices } from '../../testing/comparison.ts';
import { same } from '../../testing/parity.ts';
import { randomNumbers } from '../../testing/samples.ts';

const sizes = [1, 7, 8, 64, 1001, 8192, 16385, 40000];
const dialects = ['paper', 'peft', 'mergekit'] as const;

test.each(methods.map((method) => [method.id, method] as const))(
  '%s gives the definition’s bytes for every dtype, dialect, choice and dtype that inputs are read as',
  async (_, method) => {
    const random = randomNumbers(41);
    const [least, most] = method.arity.models;
    for (const dialect of dialects) {
      for (const [at, dtype] of [...floatDtypes, null].entries()) {
        const choices = sampleChoices(random, method);
        for (const regime of ['random', 'dyadic'] as const) {
          const models = Math.max(least, Math.min(most, 1 + Math.floor(random() * 5)));
          await same({
            ...{ random, method, dialect, choices, regime, models },
            elementCount: sizes[Math.floor(random() * sizes.length)],
            dtypeOf: (plane) => dtype ?? floatDtypes[plane % floatDtypes.length],
            output: dtype ?? floatDtypes[at % floatDtypes.length],
            inputs: inputDtypes[(at + dialects.indexOf(dialect)) % inputDtypes.length],
          });
        }
      }
    }
  },
  60_000,
);
