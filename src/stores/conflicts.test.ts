import { expect, test, vi } from 'vitest';
import type { PlanOrder } from '../engine/protocol.ts';
import { fakeModel, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession } from '../testing/session.ts';
import type { Close } from '../views/close.ts';
import type { ConflictMap } from '../views/conflict-map.ts';
import type { Engine } from './engine.ts';
import { openModel } from './session.ts';

const [base, expert] = ['base', 'expert'].map((id) => fakeModel(id, id, fakeWeights));
const recipe = recipeOf(base, [expert]);
const map = { cells: [], sampled: 7 } as unknown as ConflictMap;
const closeOf = (tensor: string) => ({ tensor, tiles: {} }) as unknown as Close;

async function opened(engine: Partial<Engine>) {
  const session = fakeSession(recipe, engine);
  for (const model of [base, expert]) await openModel(session, refTo(model), fakeWeights);
  await vi.waitFor(() => expect(session.planning.getState().prospect).toHaveProperty('outlook'));
  return { ...session, state: () => session.conflicts.getState() };
}

test('nothing is looked at before it is to be seen, and every change is while it is', async () => {
  const asked: unknown[] = [];
  const { state, recipe: recipes } = await opened({
    async conflicts({ recipe }: PlanOrder) {
      asked.push(recipe.values['lambda']);
      return map;
    },
  });
  expect(asked).toEqual([]);
  state().watch(true);
  await vi.waitFor(() => expect(state().map).toBe(map));
  recipes.getState().setValue('lambda', 0.5);
  await vi.waitFor(() => expect(asked).toEqual([undefined, 0.5]));
  state().watch(false);
  recipes.getState().setValue('lambda', 0.6);
  expect(asked).toEqual([undefined, 0.5]);
});

test('what the output is called is no reason to look again', async () => {
  const conflicts = vi.fn(async () => map);
  const { state, recipe: recipes } = await opened({ conflicts });
  state().watch(true);
  await vi.waitFor(() => expect(state().map).toBe(map));
  recipes.getState().setOutput({ name: 'other' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(conflicts).toHaveBeenCalledTimes(1);
});

test('bytes of the Hub are told, and fetched once they are agreed to', async () => {
  const { state } = await opened({
    conflicts: async (_, fetches) => (fetches ? map : { toFetch: 5000 }),
    closeUp: async (_, tensor, fetches) => (fetches ? closeOf(tensor) : { toFetch: 300 }),
  });
  state().watch(true);
  await vi.waitFor(() => expect(state().toFetch.map).toBe(5000));
  expect(state().map).toBe(null);
  state().fetch('map');
  await vi.waitFor(() => expect(state().map).toBe(map));
  expect(state().toFetch.map).toBe(0);

  state().focusOn({ tensor: 'w' });
  await vi.waitFor(() => expect(state().toFetch.close).toBe(300));
  state().fetch('close');
  await vi.waitFor(() => expect(state().close?.tensor).toBe('w'));
  // Another tensor was not agreed to.
  state().focusOn({ tensor: 'v' });
  expect(state().close).toBe(null);
  await vi.waitFor(() => expect(state().toFetch.close).toBe(300));
});

test('of tensors chosen quickly the last one is shown', async () => {
  const answers = new Map<string, (close: Close) => void>();
  const { state } = await opened({
    closeUp: (_, tensor) => new Promise((resolve) => answers.set(tensor, resolve)),
  });
  state().focusOn({ tensor: 'a' });
  state().focusOn({ tensor: 'b' });
  answers.get('a')!(closeOf('a'));
  await vi.waitFor(() => expect(answers.has('b')).toBe(true));
  expect(state().close).toBe(null);
  answers.get('b')!(closeOf('b'));
  await vi.waitFor(() => expect(state().close?.tensor).toBe('b'));
});

test('a failure is told, and the next look clears it', async () => {
  let broken = true;
  const { state, recipe: recipes } = await opened({
    async conflicts() {
      if (broken) throw new Error('the disk is gone');
      return map;
    },
  });
  state().watch(true);
  await vi.waitFor(() => expect(state().failure?.message).toBe('the disk is gone'));
  expect(state().isLooking).toBe(false);
  broken = false;
  recipes.getState().setValue('lambda', 0.7);
  await vi.waitFor(() => expect(state().failure).toBe(null));
  expect(state().map).toBe(map);
});

test('where nothing is known to have changed, that is told', async () => {
  const { state } = await opened({ conflicts: async () => null });
  state().watch(true);
  await vi.waitFor(() => expect(state().isUnknown).toBe(true));
  expect(state().map).toBe(null);
});
