import { expect, test, vi } from 'vitest';
import type { PlanOrder } from '../engine/protocol.ts';
import { fakeModel, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession } from '../testing/session.ts';
import type { Close, Patch, Square } from '../views/close.ts';
import { tilingOf } from '../views/tiles.ts';
import { openModel } from './session.ts';

const [base, expert] = ['base', 'expert'].map((id) => fakeModel(id, id, fakeWeights));
const recipe = recipeOf(base, [expert]);

/** A tensor of so many elements a side in focus, and what of it was asked for one by one. */
async function opened(side: number) {
  const asked: Square[] = [];
  const patch = async (_: PlanOrder, tensor: string, square: Square) => {
    asked.push(square);
    const { row, column } = square;
    const [down, across] = [
      Math.min(square.side, side - row),
      Math.min(square.side, side - column),
    ];
    return { tensor, row, column, down, across } as Patch;
  };
  const closeUp = async (_: PlanOrder, tensor: string) =>
    ({ tensor, tiles: {}, tiling: tilingOf([side, side]) }) as Close;
  const session = fakeSession(recipe, { patch, closeUp });
  for (const model of [base, expert]) await openModel(session, refTo(model), fakeWeights);
  await vi.waitFor(() => expect(session.planning.getState().prospect).toHaveProperty('outlook'));
  const conflicts = session.conflicts.getState;
  conflicts().focusOn({ tensor: 'w' });
  await vi.waitFor(() => expect(conflicts().close).not.toBe(null));
  return { ...session, asked, conflicts, state: session.sight.getState };
}

const near = { row: 900, column: 10, rows: 40, columns: 50 };

test('near enough, elements are asked for with what is around them, within the tensor', async () => {
  const { state, asked } = await opened(1024);
  state().see({ ...near, columns: 300 });
  expect(asked).toEqual([]);
  state().see(near);
  await vi.waitFor(() => expect(state().detail).not.toBe(null));
  expect(asked).toEqual([{ row: 888, column: 3, side: 65 }]);
  // A small move shows what is there already.
  state().see({ ...near, row: 905 });
  expect(asked).toHaveLength(1);
  state().see({ ...near, row: 980 });
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  state().see(null);
  expect(state().detail).toBe(null);
});

test('where each tile is one element there is nothing more to ask for', async () => {
  const { state, asked } = await opened(512);
  state().see({ row: 0, column: 0, rows: 20, columns: 20 });
  expect(asked).toEqual([]);
});

test('another tensor is seen whole; another recipe asks again for what is in sight', async () => {
  const { state, asked, conflicts, recipe: recipes } = await opened(1024);
  const first = conflicts().close;
  conflicts().watch(true);
  await vi.waitFor(() => expect(conflicts().close).not.toBe(first));
  state().see(near);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  recipes.getState().setValue('lambda', 0.5);
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(state().sight).toEqual(near);
  conflicts().focusOn({ tensor: 'v' });
  expect(state()).toMatchObject({ sight: null, detail: null });
});
