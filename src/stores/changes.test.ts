import { expect, test, vi } from 'vitest';
import { fakeModel, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession, moveToHub } from '../testing/session.ts';
import type { Changes } from '../views/changes.ts';
import type { Engine } from './engine.ts';
import { openModel } from './session.ts';

const [base, expert] = ['base', 'expert'].map((id) => fakeModel(id, id, fakeWeights));
const found = { models: ['expert'] } as unknown as Changes;

async function opened(changes: Engine['changes'], engine: Partial<Engine> = {}) {
  const session = fakeSession(recipeOf(base, [expert]), { ...engine, changes });
  for (const model of [base, expert]) await openModel(session, refTo(model), fakeWeights);
  await vi.waitFor(() => expect(session.planning.getState().prospect).toHaveProperty('outlook'));
  return { ...session, state: () => session.changes.getState() };
}

test('changes are looked at when they are to be seen, and again of another tensor or base, not of another weight', async () => {
  const ask = vi.fn(async () => found);
  const { state, recipe, conflicts } = await opened(ask);
  expect(ask).not.toHaveBeenCalled();
  state().watch(true);
  await vi.waitFor(() => expect(state().found).toBe(found));
  recipe.getState().setExpertValue('expert', 'density', 0.5);
  recipe.getState().setTrimScope('model');
  expect(ask).toHaveBeenCalledTimes(1);
  conflicts.getState().focusOn({ tensor: 'w' });
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2));
  expect(ask).toHaveBeenLastCalledWith(expect.anything(), 'w', expect.anything());
});

test('samples of the Hub are waited for until they were fetched for the conflicts', async () => {
  let isFetched = false;
  const { state, conflicts, ...session } = await opened(
    async () => (isFetched ? found : { toFetch: 700 }),
    {
      conflicts: async (_, fetches) => {
        isFetched = fetches;
        return fetches ? null : { toFetch: 700 };
      },
    },
  );
  moveToHub({ ...session, conflicts });
  conflicts.getState().watch(true);
  state().watch(true);
  await vi.waitFor(() => expect(state().toFetch).toBe(700));
  expect(state().found).toBe(null);
  conflicts.getState().fetch('map');
  await vi.waitFor(() => expect(state().found).toBe(found));
  expect(state().toFetch).toBe(0);
});

test('no known change is told apart from no look yet, and a failure is kept', async () => {
  const { state } = await opened(async () => null);
  state().watch(true);
  await vi.waitFor(() => expect(state().found).toBe('none'));
  const other = await opened(async () => Promise.reject(new Error('gone')));
  other.state().watch(true);
  await vi.waitFor(() => expect(other.state().failure?.message).toContain('gone'));
});

test('after a failure it is looked at again when that is wanted, or when it is to be seen again', async () => {
  let broken = true;
  const ask = vi.fn(async () => {
    if (broken) throw new Error('gone');
    return found;
  });
  const { state } = await opened(ask);
  state().watch(true);
  await vi.waitFor(() => expect(state().failure).not.toBe(null));
  expect(ask).toHaveBeenCalledTimes(1);
  state().again();
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2));
  await vi.waitFor(() => expect(state().isLooking).toBe(false));
  broken = false;
  state().watch(false);
  state().watch(true);
  await vi.waitFor(() => expect(state().found).toBe(found));
  expect(state().failure).toBe(null);
});
