import { expect, test } from 'vitest';
import { headerModel } from '../testing/model.ts';
import { planned, recipeOf } from '../testing/planning.ts';
import { mosaicOf } from './mosaic.ts';

test('tensors lie in rows: in, layer by layer, out; cells know their place in the order', () => {
  const model = (id: string) =>
    headerModel(id, {
      'lm_head.weight': ['F32', [2]],
      'model.layers.10.mlp.up_proj.weight': ['F32', [2]],
      'model.layers.2.mlp.up_proj.weight': ['F32', [2]],
      'model.layers.2.mlp.down_proj.weight': ['F32', [2]],
      'model.embed_tokens.weight': ['F32', [2]],
    });
  const [base, expert] = [model('base'), model('expert')];
  const plan = planned(recipeOf(base, [expert]), [base, expert]);
  const rows = mosaicOf(plan);
  expect(rows.map(({ name, cells }) => [name, cells.length])).toEqual([
    ['in', 1],
    ['2', 2],
    ['10', 1],
    ['out', 1],
  ]);
  for (const { tensor, index } of rows.flatMap(({ cells }) => cells)) {
    expect(plan.jobs[index].tensor).toBe(tensor);
  }
});
