import { expect, test, vi } from 'vitest';
import type { Recipe } from '../recipe/recipe.ts';
import { fakeModel, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession } from '../testing/session.ts';
import type { Outcome } from '../views/outcome.ts';
import type { Engine } from './engine.ts';
import { outcomeKey } from './outcomes.ts';
import { openModel } from './session.ts';

const [base, expert] = ['base', 'expert'].map((id) => fakeModel(id, id, fakeWeights));
const recipe = recipeOf(base, [expert]);
const scaled = (lambda: number): Recipe => ({ ...recipe, values: { lambda } });

/** An outcome that can be told from others by its norm. */
const ofNorm = (norm: number) => ({ norm }) as Outcome;

async function opened(outcome: Engine['outcome'], engine: Partial<Engine> = {}) {
  const session = fakeSession(recipe, { ...engine, outcome });
  for (const model of [base, expert]) await openModel(session, refTo(model), fakeWeights);
  const state = () => session.outcomes.getState();
  const told = (of: Recipe) => state().known.get(outcomeKey(of));
  return { ...session, state, told };
}

test('recipes are looked at one after the other, and none twice', async () => {
  let under = 0;
  const ask = vi.fn(async ({ recipe: { values } }: Parameters<Engine['outcome']>[0]) => {
    under += 1;
    expect(under).toBe(1);
    await Promise.resolve();
    under -= 1;
    return ofNorm(Number(values['lambda']));
  });
  const { state, told } = await opened(ask);
  state().want([scaled(1), scaled(2)]);
  await vi.waitFor(() => expect(told(scaled(2))).toEqual(ofNorm(2)));
  expect(told(scaled(1))).toEqual(ofNorm(1));
  state().want([scaled(2), scaled(3)]);
  await vi.waitFor(() => expect(told(scaled(3))).toEqual(ofNorm(3)));
  expect(ask).toHaveBeenCalledTimes(3);
  expect(state().isLooking).toBe(false);
});

test('what nobody wants any more is not looked at', async () => {
  const ask = vi.fn(async () => ofNorm(0));
  const { state, told } = await opened(ask);
  state().want([scaled(1), scaled(2), scaled(3)]);
  state().want([scaled(4)]);
  await vi.waitFor(() => expect(told(scaled(4))).toEqual(ofNorm(0)));
  expect(told(scaled(2))).toBe(undefined);
  expect(ask).toHaveBeenCalledTimes(2); // the first was under way
});

test('other models make everything known void', async () => {
  const ask = vi.fn(async () => ofNorm(0));
  const { state, told, ...session } = await opened(ask);
  state().want([scaled(1)]);
  await vi.waitFor(() => expect(told(scaled(1))).toEqual(ofNorm(0)));
  await openModel(session, refTo(fakeModel('other', 'other', fakeWeights)), fakeWeights);
  await vi.waitFor(() => expect(ask.mock.calls.length).toBeGreaterThan(1));
  await vi.waitFor(() => expect(told(scaled(1))).toEqual(ofNorm(0)));
});

test('samples of the Hub are waited for until they were fetched for the conflicts', async () => {
  let isFetched = false;
  const { state, told, conflicts, planning } = await opened(
    async () => (isFetched ? ofNorm(1) : { toFetch: 700 }),
    {
      conflicts: async (_, fetches) => {
        isFetched = fetches;
        return fetches ? null : { toFetch: 700 };
      },
    },
  );
  await vi.waitFor(() => expect(planning.getState().prospect).toHaveProperty('outlook'));
  conflicts.getState().watch(true);
  state().want([scaled(1)]);
  await vi.waitFor(() => expect(state().toFetch).toBe(700));
  expect(told(scaled(1))).toBe(undefined);
  conflicts.getState().fetch('map');
  await vi.waitFor(() => expect(told(scaled(1))).toEqual(ofNorm(1)));
  expect(state().toFetch).toBe(0);
});

test('a recipe without an outcome is told apart from one not looked at, and a failure is kept', async () => {
  const { state, told } = await opened(async () => null);
  state().want([scaled(1)]);
  await vi.waitFor(() => expect(told(scaled(1))).toBe('none'));
  const other = await opened(async () => Promise.reject(new Error('gone')));
  other.state().want([scaled(1)]);
  await vi.waitFor(() => expect(other.state().failure?.message).toContain('gone'));
  expect(other.state().isLooking).toBe(false);
});
