import { expect, test } from 'vitest';
import { mergeRun, writtenTensor } from '../testing/merge-run.ts';
import { f32, i64 } from '../testing/model-file.ts';
import { run } from './run.ts';

const pair = {
  a: { w: f32([4], [1, 2, 3, 4]), steps: i64([2], [7, 8]) },
  b: { w: f32([4], [3, 2, 1, -4]), steps: i64([2], [7, 8]) },
};

function floats(bytes: Uint8Array): number[] {
  return [...new Float32Array(new Uint8Array(bytes).buffer)];
}

test('a linear merge writes the mean of the models and copies what is not float', async () => {
  const { plan, options } = await mergeRun({ models: pair });
  const all = options();
  const result = await run(plan, all);
  expect(all.sink.state()).toBe('committed');
  expect(floats(writtenTensor(plan, all.sink, 'w'))).toEqual([2, 2, 2, 0]);
  expect(writtenTensor(plan, all.sink, 'steps')).toEqual(pair.a.steps.bytes);
  expect(result.verify.ok).toBe(true);
  expect(result.verify.tensorsChanged).toBe(1);
  expect(result.backend).toBe('CPU');
});
