import { expect, test, vi } from 'vitest';
import type { Excerpt } from '../methods/excerpt.ts';
import { fakeModel, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession } from '../testing/session.ts';
import type { ConflictMap } from '../views/conflict-map.ts';
import type { Engine } from './engine.ts';
import { openModel } from './session.ts';

const [base, expert] = ['base', 'expert'].map((id) => fakeModel(id, id, fakeWeights));
const recipe = recipeOf(base, [expert]);
const found = { tensor: 'w' } as Excerpt;

async function opened(engine: Partial<Engine>, of = recipe) {
  const session = fakeSession(of, engine);
  for (const model of [base, expert]) await openModel(session, refTo(model), fakeWeights);
  await vi.waitFor(() => expect(session.planning.getState().prospect).toHaveProperty('outlook'));
  return { ...session, state: () => session.excerpt.getState() };
}

test('is asked for once for the same models, whatever the parameters', async () => {
  const excerpt = vi.fn(async () => found);
  const { state, recipe: recipes } = await opened({ excerpt });
  expect(excerpt).not.toHaveBeenCalled();
  expect(state().isLooking).toBe(false);
  state().watch(true);
  expect(state().isLooking).toBe(true);
  await vi.waitFor(() => expect(state().excerpt).toBe(found), 5000);
  expect(state().isLooking).toBe(false);
  recipes.getState().setValue('lambda', 0.5);
  recipes.getState().setMethod('ties');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(excerpt).toHaveBeenCalledTimes(1);
  expect(state().excerpt).toBe(found);
});

test('of other models the elements of the last ones are not shown', async () => {
  const { state, recipe: recipes } = await opened({ excerpt: async () => found });
  state().watch(true);
  await vi.waitFor(() => expect(state().excerpt).toBe(found), 5000);
  recipes.getState().removeExpert('expert');
  expect(state().excerpt).toBe(null);
});

test('nothing is looked for any more once that failed, or nobody looks', async () => {
  const excerpt = vi.fn(() => Promise.reject(new Error('gone')));
  const { state } = await opened({ excerpt });
  state().watch(true);
  state().watch(false);
  expect(state().isLooking).toBe(false);
  state().watch(true);
  await vi.waitFor(() => expect(excerpt).toHaveBeenCalled(), 5000);
  await vi.waitFor(() => expect(state().isLooking).toBe(false));
  expect(state().excerpt).toBe(null);
});

test('of models on the Hub nothing is asked before their conflicts were looked at', async () => {
  const excerpt = vi.fn(async () => found);
  const far = {
    ...recipe,
    experts: recipe.experts.map((each) => ({
      ...each,
      model: { ...each.model, origin: 'hub' as const },
    })),
  };
  const conflicts = async () => ({ cells: [] }) as unknown as ConflictMap;
  const { state, conflicts: looks } = await opened({ excerpt, conflicts }, far);
  state().watch(true);
  expect(state().waitsForHub).toBe(true);
  expect(state().isLooking).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(excerpt).not.toHaveBeenCalled();
  state().watch(false);
  looks.getState().watch(true);
  await vi.waitFor(() => expect(looks.getState().map).not.toBe(null));
  state().watch(true);
  await vi.waitFor(() => expect(state().excerpt).toBe(found), 5000);
  expect(state().waitsForHub).toBe(false);
  expect(excerpt).toHaveBeenCalledWith(expect.anything(), null, false, expect.anything());
});

test('an element that is pointed at is asked for at once, and forgotten with its models', async () => {
  const excerpt = vi.fn(async () => found);
  const { state, recipe: recipes } = await opened({ excerpt });
  const at = { tensor: 'w', row: 3, column: 4 };
  state().watch(true);
  state().lookAt(at);
  await vi.waitFor(() => expect(state().excerpt).toBe(found), 500);
  expect(excerpt).toHaveBeenLastCalledWith(expect.anything(), at, true, expect.anything());
  recipes.getState().setMethod('ties');
  expect(state().at).toBe(at);
  state().lookAt(null);
  expect(state().excerpt).toBe(null);
  await vi.waitFor(() => expect(excerpt).toHaveBeenCalledTimes(2), 5000);
  state().lookAt(at);
  recipes.getState().removeExpert('expert');
  expect(state().at).toBe(null);
});
