import { expect, test, vi } from 'vitest';
import type { PlanOrder } from '../engine/protocol.ts';
import { fakeModel, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession, moveToHub } from '../testing/session.ts';
import type { Close } from '../views/close.ts';
import type { ConflictMap } from '../views/conflict-map.ts';
import { createConflictsStore } from './conflicts.ts';
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

test('a part of the sample is enough while the pointer is held, all of it is looked at once it is let go', async () => {
  const session = await opened({});
  const asked: unknown[] = [];
  const engine = {
    ...session.engine,
    conflicts: async ({ recipe }: PlanOrder, _: boolean, isCoarse?: boolean) => {
      asked.push([recipe.values['lambda'], isCoarse]);
      return map;
    },
  };
  let since: number | null = null;
  const actions: (() => void)[] = [];
  const store = createConflictsStore(engine, session, {
    heldSince: () => since,
    whenLetGo: (action) => actions.push(action),
  });
  const letGo = () => {
    since = null;
    for (const action of actions) action();
  };
  store.getState().watch(true);
  await vi.waitFor(() => expect(asked).toEqual([[undefined, false]]));
  since = 1;
  letGo();
  since = 2;
  session.recipe.getState().setValue('lambda', 0.5);
  await vi.waitFor(() => expect(asked.slice(1)).toEqual([[0.5, true]]));
  letGo();
  await vi.waitFor(() => expect(asked.slice(2)).toEqual([[0.5, false]]));
  letGo();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(asked).toHaveLength(3);
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

const far: Partial<Engine> = {
  conflicts: async (_, fetches) => (fetches ? map : { toFetch: 5000 }),
  closeUp: async (_, tensor, fetches) => (fetches ? closeOf(tensor) : { toFetch: 300 }),
};

test('bytes of the Hub are told, and fetched once they are agreed to', async () => {
  const { state, ...session } = await opened(far);
  moveToHub(session);
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

const tiling = { rows: 20, columns: 8, height: 1, width: 1, down: 20, across: 8 };
const there = async (_: PlanOrder, tensor: string) =>
  tensor === 'gone' ? null : ({ ...closeOf(tensor), tiling } as Close);

test('a tensor that is not there is told, and the whole model is shown', async () => {
  const { state } = await opened({ closeUp: there });
  state().focusOn({ tensor: 'gone', square: { row: 0, column: 0 } });
  await vi.waitFor(() => expect(state().lost).toMatch(/called gone\. What is shown is the whole/));
  expect(state().focus).toEqual({ tensor: null, square: null, element: null });
  state().focusOn({ tensor: 'w' });
  expect(state().lost).toBe(null);
});

test('a square beyond the tensor is told, and the tensor is shown', async () => {
  const patch = vi.fn(async () => null);
  const { state } = await opened({ closeUp: there, patch });
  state().focusOn({ tensor: 'w', square: { row: 20, column: 0 } });
  await vi.waitFor(() => expect(state().lost).toContain('20 rows and 8 columns'));
  expect(state().focus).toEqual({ tensor: 'w', square: null, element: null });
  // The same where the tensor is known already.
  state().focusOn({ square: { row: 0, column: 8 } });
  expect(state().lost).toContain('row 0, column 8');
  expect(state().focus.square).toBe(null);
  expect(patch).not.toHaveBeenCalled();
});

test('an element beyond its square is told, and the square is shown', async () => {
  const patch = vi.fn(async () => null);
  const { state } = await opened({ closeUp: there, patch });
  // Four rows and eight columns are left there.
  state().focusOn({ tensor: 'w', square: { row: 16, column: 0 }, element: 32 });
  await vi.waitFor(() => expect(state().lost).toContain('no element 32 in a square of 4 × 8'));
  expect(state().focus).toMatchObject({ square: { row: 16, column: 0 }, element: null });
  await vi.waitFor(() => expect(patch).toHaveBeenCalledTimes(1));
});

test('what a link leads to is read once there is a plan', async () => {
  const closeUp = vi.fn(there);
  const session = fakeSession(recipe, { closeUp, conflicts: async () => map });
  const state = () => session.conflicts.getState();
  state().watch(true);
  state().focusOn({ tensor: 'w' });
  expect(closeUp).not.toHaveBeenCalled();
  for (const model of [base, expert]) await openModel(session, refTo(model), fakeWeights);
  await vi.waitFor(() => expect(state().close?.tensor).toBe('w'));
});

/** An engine whose look lasts until it is answered or aborted. */
function slow() {
  const asked: { readonly tell: (done: number, total: number) => void; aborted: boolean }[] = [];
  let answer = (_: ConflictMap) => {};
  const conflicts: Engine['conflicts'] = (_, __, ___, { signal, onMeasured } = {}) =>
    new Promise((resolve, reject) => {
      const own = { tell: onMeasured!, aborted: false };
      asked.push(own);
      answer = resolve;
      signal!.addEventListener('abort', () => {
        own.aborted = true;
        reject(signal!.reason);
      });
    });
  return { asked, conflicts, answer: (found: ConflictMap) => answer(found) };
}

test('a long look tells how far it is, can be cancelled, and begun anew', async () => {
  const { asked, conflicts, answer } = slow();
  const { state } = await opened({ conflicts });
  state().watch(true);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  asked[0].tell(120, 900);
  expect(state().progress).toEqual({ done: 120, total: 900 });
  state().cancel();
  await vi.waitFor(() => expect(state().isStopped).toBe(true));
  expect([state().isLooking, state().progress, state().failure]).toEqual([false, null, null]);
  state().again();
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(state().isStopped).toBe(false);
  answer(map);
  await vi.waitFor(() => expect(state().map).toBe(map));
});

test('a long look at a recipe that has changed is ended, and that is no failure', async () => {
  const { asked, conflicts, answer } = slow();
  const { state, recipe: recipes } = await opened({ conflicts });
  state().watch(true);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  recipes.getState().setValue('lambda', 0.5);
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(asked.map(({ aborted }) => aborted)).toEqual([true, false]);
  expect([state().failure, state().isStopped]).toEqual([null, false]);
  answer(map);
  await vi.waitFor(() => expect(state().map).toBe(map));
});

test('a look that failed is made again when that is wanted', async () => {
  let broken = true;
  const { state } = await opened({
    async conflicts() {
      if (broken) throw new Error('the disk is gone');
      return map;
    },
  });
  state().watch(true);
  await vi.waitFor(() => expect(state().failure).not.toBe(null));
  broken = false;
  state().again();
  await vi.waitFor(() => expect(state().map).toBe(map));
  expect(state().failure).toBe(null);
});
