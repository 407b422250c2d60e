import { expect, test, vi } from 'vitest';
import type { Prospect } from '../plan/outlook.ts';
import { fakeModel, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession } from '../testing/session.ts';
import type { EnergyCurve } from '../views/energy.ts';
import { findingsOf, opening, outlookOf } from './planning.ts';
import { openModel } from './session.ts';

const [base, expert] = ['base', 'expert'].map((id) => fakeModel(id, id, fakeWeights));
const recipe = recipeOf(base, [expert]);

test('what is open and what the recipe says are planned, whenever they change', async () => {
  const session = fakeSession(recipe);
  const { planning } = session;
  const outlook = () => outlookOf(planning.getState().prospect);
  await vi.waitFor(() => expect(findingsOf(planning.getState().prospect)).not.toEqual([]));
  expect(outlook()).toBeNull();
  for (const model of [base, expert]) await openModel(session, refTo(model), fakeWeights);
  await vi.waitFor(() => expect(outlook()?.tensors).toBe(2));
  session.recipe.getState().removeExpert('expert');
  await vi.waitFor(() => expect(outlook()).toBeNull());
});

test('plans do not queue: while one is made only the latest change waits', async () => {
  const asked: unknown[] = [];
  const answers: ((prospect: Prospect) => void)[] = [];
  const session = fakeSession(recipe, {
    plan: (order) => {
      asked.push(order.recipe.values['lambda']);
      return new Promise((resolve) => answers.push(resolve));
    },
  });
  for (const value of [0.1, 0.2, 0.3]) session.recipe.getState().setValue('lambda', value);
  expect(asked).toEqual([undefined]);
  answers[0]({ findings: [] });
  await vi.waitFor(() => expect(asked).toEqual([undefined, 0.3]));
});

test('what is said of other models than those that are open is outdated', async () => {
  const session = fakeSession(recipe);
  const { planning } = session;
  await vi.waitFor(() => expect(planning.getState().outdated).toBe(false));
  session.models.getState().begin({ ...refTo(base), summary: null });
  expect(planning.getState().outdated).toBe(true);
  await vi.waitFor(() => expect(planning.getState().outdated).toBe(false));
  session.recipe.getState().setValue('lambda', 0.5);
  expect(planning.getState().outdated).toBe(false);
});

test('rows follow the filter, the window and the plan', async () => {
  const session = fakeSession(recipe);
  for (const model of [base, expert]) await openModel(session, refTo(model), fakeWeights);
  const { planning } = session;
  const table = () => planning.getState().table;
  planning.getState().want({ filter: 'mlp' });
  planning.getState().want({ from: 0, to: 5 });
  await vi.waitFor(() => expect(table()?.window).toEqual({ filter: 'mlp', from: 0, to: 5 }));
  await vi.waitFor(() => expect(table()?.found).toBe(1));
  expect(table()?.rows[0].params?.global['lambda']).toBe(0.8);
  session.recipe.getState().setValue('lambda', 0.25);
  await vi.waitFor(() => expect(table()?.rows[0].params?.global['lambda']).toBe(0.25));
});

test('an engine that cannot plan is a problem to see in Checks, and asked again at the next change', async () => {
  let fails = true;
  const session = fakeSession(recipe, {
    plan: async () => {
      if (fails) throw Object.assign(new Error('it stopped'), { context: { advice: 'Again.' } });
      return { findings: [] };
    },
  });
  const findings = () => findingsOf(session.planning.getState().prospect);
  await vi.waitFor(() =>
    expect(findings()).toMatchObject([{ severity: 'error', message: 'it stopped' }]),
  );
  fails = false;
  session.recipe.getState().setValue('lambda', 0.5);
  await vi.waitFor(() => expect(findings()).toEqual([]));
});

test('a model that is being opened is neither planned nor forgotten', async () => {
  const session = fakeSession(recipe);
  session.models.getState().begin({ ...refTo(base), summary: null });
  expect(opening(recipe, session.models.getState().slots).map(({ id }) => id)).toEqual(['base']);
  await vi.waitFor(() =>
    expect(findingsOf(session.planning.getState().prospect).map(({ code }) => code)).toContain(
      'model-missing',
    ),
  );
});

const fixed = (rank: number) => ({ kind: 'rank', rank, convolutions: null }) as const;
const curve: EnergyCurve = {
  ...{ total: [0.5, 1], lowest: [0.25, 1], modules: 3, known: 3 },
  chosen: null,
};

test('what ranks keep is asked while it is to be seen, and stays in sight when the rank changes', async () => {
  const asked: unknown[] = [];
  const answers = [curve, { ...curve, known: 2 }];
  const output = { ...recipe.output, as: 'adapter', rank: fixed(4) } as const;
  const session = fakeSession(
    { ...recipe, output },
    {
      energy: async (order, options) => {
        asked.push([order.recipe.output.rank, options]);
        return answers[asked.length - 1] ?? null;
      },
    },
  );
  const { planning } = session;
  await vi.waitFor(() => expect(planning.getState().prospect).not.toEqual({ findings: [] }));
  expect(asked).toEqual([]);
  planning.getState().wantEnergy(true);
  await vi.waitFor(() => expect(planning.getState().energy).toEqual(curve));
  const seen: unknown[] = [];
  planning.subscribe(({ energy }) => seen.push(energy));
  session.recipe.getState().setOutput({ rank: fixed(8) });
  await vi.waitFor(() => expect(planning.getState().energy).toEqual({ ...curve, known: 2 }));
  expect(seen).not.toContain(null);
  session.recipe.getState().setOutput({ name: 'other' });
  session.recipe.getState().setValue('lambda', 0.5);
  await vi.waitFor(() => expect(planning.getState().energy).toBeNull());
  await vi.waitFor(() =>
    expect(asked).toEqual([
      [fixed(4), null],
      [fixed(8), null],
      [fixed(8), null],
    ]),
  );
});

test('measuring is told as it goes, is stopped by hand, and what was found is asked for after it', async () => {
  const output = { ...recipe.output, as: 'adapter', rank: fixed(4) } as const;
  let isMeasured = false;
  const session = fakeSession(
    { ...recipe, output },
    {
      energy: (_, options, listeners) => {
        if (options === null) return Promise.resolve(isMeasured ? curve : null);
        listeners?.onMeasured?.(1, 3);
        return new Promise((_resolve, reject) => {
          listeners?.signal?.addEventListener('abort', () => {
            isMeasured = true;
            reject(new DOMException('', 'AbortError'));
          });
        });
      },
    },
  );
  const { planning } = session;
  await vi.waitFor(() => expect(planning.getState().prospect).not.toEqual({ findings: [] }));
  planning.getState().wantEnergy(true);
  const done = planning.getState().measure();
  expect(planning.getState().measuring).toEqual({ done: 1, total: 3 });
  planning.getState().stopMeasuring();
  await done;
  expect(planning.getState()).toMatchObject({ measuring: null, measureFailure: null });
  await vi.waitFor(() => expect(planning.getState().energy).toEqual(curve));
});

test('why a measuring failed is told', async () => {
  const output = { ...recipe.output, as: 'adapter', rank: fixed(4) } as const;
  const session = fakeSession(
    { ...recipe, output },
    {
      energy: (_, options) =>
        options ? Promise.reject(new Error('too large')) : Promise.resolve(null),
    },
  );
  const { planning } = session;
  await vi.waitFor(() => expect(planning.getState().prospect).not.toEqual({ findings: [] }));
  await planning.getState().measure();
  expect(planning.getState().measureFailure?.message).toBe('too large');
});

test('an answer counts though the same was planned once more meanwhile', async () => {
  const output = { ...recipe.output, as: 'adapter', rank: fixed(4) } as const;
  const answers: ((value: EnergyCurve) => void)[] = [];
  const session = fakeSession(
    { ...recipe, output },
    { energy: () => new Promise((resolve) => answers.push(resolve)) },
  );
  const { planning } = session;
  await vi.waitFor(() => expect(planning.getState().prospect).not.toEqual({ findings: [] }));
  planning.getState().wantEnergy(true);
  const { prospect } = planning.getState();
  session.recipe.getState().setOutput({ name: 'other' });
  await vi.waitFor(() => expect(planning.getState().prospect).not.toBe(prospect));
  answers[0](curve);
  await vi.waitFor(() => expect(planning.getState().energy).toEqual(curve));
  expect(answers.length).toBe(1);
});
