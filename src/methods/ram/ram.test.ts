import { expect, test } from 'vitest';
import { definitionBackend } from '../../compute/cpu/definition.ts';
import { roundTo } from '../../numerics/round.ts';
import { mergeTensor } from '../../testing/merge-tensor.ts';
import method from './index.ts';

test('a change of ε as bf16 has it does not exceed ε where steps are bf16, and does where they are f32', async () => {
  const change = roundTo('BF16')(0.01); // 0.01001
  const run = (dialect: 'paper' | 'mergekit') =>
    mergeTensor(definitionBackend(), {
      ...{ method, dialect, dtype: 'BF16', models: [[change], [0]], base: [0] },
      global: { epsilon: 0.01 },
    });
  expect([...(await run('mergekit'))]).toEqual([0]);
  expect([...(await run('paper'))]).toEqual([change]);
});
