import { expect, test, vi } from 'vitest';
import { fakeModel, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession } from '../testing/session.ts';
import type { Difference } from '../views/difference.ts';
import type { Engine } from './engine.ts';
import { openModel } from './session.ts';

const [base, expert, third] = ['base', 'expert', 'third'].map((id) =>
  fakeModel(id, id, fakeWeights),
);
const found = { names: ['base', 'expert'] } as unknown as Difference;

async function opened(difference: Engine['difference'], models = [third, base, expert]) {
  const session = fakeSession(recipeOf(base, [expert]), { difference });
  for (const model of models) await openModel(session, refTo(model), fakeWeights);
  return { ...session, state: () => session.difference.getState() };
}

test('base and first expert are compared once they are to be seen, or two that are chosen', async () => {
  const ask = vi.fn(async () => found);
  const { state } = await opened(ask);
  expect(ask).not.toHaveBeenCalled();
  state().watch(true);
  await vi.waitFor(() => expect(state().found).toBe(found));
  expect(ask).toHaveBeenLastCalledWith(['base', 'expert'], null, false, expect.anything());
  state().choose(['third', 'base']);
  await vi.waitFor(() =>
    expect(ask).toHaveBeenLastCalledWith(['third', 'base'], null, false, expect.anything()),
  );
  state().focusOn('w');
  await vi.waitFor(() =>
    expect(ask).toHaveBeenLastCalledWith(['third', 'base'], 'w', false, expect.anything()),
  );
  state().watch(true);
  expect(ask).toHaveBeenCalledTimes(3);
});

test('with fewer than two models there is nothing to compare, and a model that is gone is not asked for', async () => {
  const ask = vi.fn(async () => found);
  const { state, models } = await opened(ask, [base]);
  state().watch(true);
  expect(state().pair).toBe(null);
  expect(ask).not.toHaveBeenCalled();
  const other = await opened(ask);
  other.state().watch(true);
  other.state().choose(['third', 'base']);
  other.models.getState().forget('third');
  expect(other.state().pair).toEqual(['base', 'expert']);
  expect(models.getState().slots).toHaveProperty('base');
});

test('what would come from the Hub is waited for, and fetched for these two models only', async () => {
  const ask = vi.fn<Engine['difference']>(async (_, __, fetches) =>
    fetches ? found : { toFetch: 700 },
  );
  const { state } = await opened(ask);
  state().watch(true);
  await vi.waitFor(() => expect(state().toFetch).toBe(700));
  expect(state().found).toBe(null);
  state().fetch();
  await vi.waitFor(() => expect(state().found).toBe(found));
  state().choose(['base', 'third']);
  await vi.waitFor(() => expect(state().toFetch).toBe(700));
});

test('a failure is kept, and the next look asks again', async () => {
  const ask = vi.fn<Engine['difference']>(async () => Promise.reject(new Error('gone')));
  const { state } = await opened(ask);
  state().watch(true);
  await vi.waitFor(() => expect(state().failure?.message).toContain('gone'));
  state().watch(true);
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(2));
});

test('it tells how far it is, can be cancelled and begun anew, and ends where other models are chosen', async () => {
  const signals: AbortSignal[] = [];
  const ask: Engine['difference'] = (_, __, ___, listeners) =>
    new Promise((_resolve, reject) => {
      const { signal, onMeasured } = listeners!;
      signals.push(signal!);
      onMeasured!(3, 9);
      signal!.addEventListener('abort', () => reject(signal!.reason));
    });
  const { state } = await opened(ask);
  state().watch(true);
  await vi.waitFor(() => expect(state().progress).toEqual({ done: 3, total: 9 }));
  state().cancel();
  await vi.waitFor(() => expect(state()).toMatchObject({ isLooking: false, isStopped: true }));
  state().watch(true);
  expect(signals).toHaveLength(1);
  state().again();
  expect(state()).toMatchObject({ isLooking: true, isStopped: false });
  state().choose(['third', 'base']);
  await vi.waitFor(() => expect(signals).toHaveLength(3));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
  expect(state()).toMatchObject({ isLooking: true, isStopped: false, failure: null });
});
