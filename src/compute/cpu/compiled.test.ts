import { test } from 'vitest';
import { inputDtypes } from '../../methods/precision.ts';
import { methods } from '../../methods/registry.ts';
import { floatDtypes } from '../../numerics/dtype.ts';
import { sampleChoices } from '../../testing/comparison.ts';
import { same } from '../../testing/parity.ts';
import { randomNumbers } from '../../testing/samples.ts';

const sizes = [1, 7, 8, 64, 1001, 8192, 16385, 40000];
const dialects = ['paper', 'peft', 'mergekit'] as const;
const regimes = ['random', 'dyadic'] as const;

// Each dialect meets each dtype; sizes, regimes and dtypes that inputs are read as take turns.
test.each(methods.map((method) => [method.id, method] as const))(
  '%s gives the definition’s bytes for every dtype, dialect, choice and dtype that inputs are read as',
  async (_, method) => {
    const random = randomNumbers(41);
    let turn = 0;
    const [least, most] = method.arity.models;
    for (const dialect of dialects) {
      for (const [at, dtype] of [...floatDtypes, null].entries()) {
        await same({
          ...{ random, method, dialect, choices: sampleChoices(random, method) },
          regime: regimes[((at >> 1) + dialects.indexOf(dialect)) % regimes.length],
          models: Math.max(least, Math.min(most, 1 + Math.floor(random() * 5))),
          elementCount: sizes[turn++ % sizes.length],
          dtypeOf: (plane) => dtype ?? floatDtypes[plane % floatDtypes.length],
          output: dtype ?? floatDtypes[at % floatDtypes.length],
          inputs: inputDtypes[(at + dialects.indexOf(dialect)) % inputDtypes.length],
        });
      }
    }
  },
  60_000,
);
