import { expect, test, vi } from 'vitest';
import { emptyRecipe } from '../recipe/defaults.ts';
import { modelRef } from '../testing/recipes.ts';
import type { Survey } from '../views/survey.ts';
import { createModelsStore } from './models.ts';
import { createRecipeStore } from './recipe.ts';
import { createSurveyStore } from './survey.ts';

const survey = (name: string): Survey => ({
  adapters: [{ model: name, name, weights: 1, known: 1, norm: 1, largest: 1 }],
  cosines: [[1]],
  shared: [[1]],
});

/** An engine that answers when it is told to. */
function page() {
  const recipe = createRecipeStore({
    ...emptyRecipe(),
    experts: [{ model: modelRef('one'), values: {} }],
  });
  const asked: {
    readonly experts: readonly string[];
    readonly signal: AbortSignal;
    readonly tell: (done: number, of: number) => void;
    readonly answer: (found: Survey | null) => void;
    readonly fail: (error: unknown) => void;
  }[] = [];
  const store = createSurveyStore(
    {
      survey: (order, { signal, onMeasured } = {}) =>
        new Promise((answer, fail) => {
          signal!.addEventListener('abort', () => fail(signal!.reason));
          const experts = order.recipe.experts.map(({ model }) => model.id);
          asked.push({ experts, signal: signal!, tell: onMeasured!, answer, fail });
        }),
      surveyPart: async () => null,
    },
    { recipe, models: createModelsStore() },
  );
  const status = () => store.getState().status;
  return { recipe, asked, store, status };
}

test('nothing is read until somebody looks, and then once', async () => {
  const { asked, store, status } = page();
  expect(asked).toEqual([]);
  const away = store.getState().look();
  store.getState().look();
  expect(asked).toHaveLength(1);
  asked[0].tell(3, 9);
  expect(status()).toEqual({ kind: 'working', done: 3, of: 9 });
  asked[0].answer(survey('one'));
  await vi.waitFor(() => expect(status()).toEqual({ kind: 'done', survey: survey('one') }));
  away();
  store.getState().look();
  expect(asked).toHaveLength(1);
});

test('weights and rules change nothing of it; another adapter ends what is under way', async () => {
  const { recipe, asked, store, status } = page();
  store.getState().look();
  recipe.getState().setExpertValue('one', 'weight', 0.5);
  recipe.getState().setMethod('ties');
  expect(asked).toHaveLength(1);
  recipe.getState().addExpert(modelRef('two'));
  expect(asked.map(({ experts }) => experts)).toEqual([['one'], ['one', 'two']]);
  expect(asked[0].signal.aborted).toBe(true);
  asked[1].answer(survey('two'));
  await vi.waitFor(() => expect(status()).toEqual({ kind: 'done', survey: survey('two') }));
});

test('it can be cancelled and asked for again; a failure is told', async () => {
  const { asked, store, status } = page();
  store.getState().look();
  store.getState().cancel();
  await vi.waitFor(() => expect(status()).toEqual({ kind: 'cancelled' }));
  store.getState().again();
  expect(status()).toEqual({ kind: 'working', done: 0, of: 0 });
  asked[1].fail(new Error('the disk is gone'));
  await vi.waitFor(() => expect(status()).toMatchObject({ kind: 'failed' }));
  expect(status()).toMatchObject({ message: expect.stringContaining('the disk is gone') });
});

test('where no adapter meets anything there is nothing, and where nobody looks nothing is asked', async () => {
  const { recipe, asked, store, status } = page();
  const away = store.getState().look();
  asked[0].answer(null);
  await vi.waitFor(() => expect(status()).toEqual({ kind: 'none' }));
  away();
  recipe.getState().addExpert(modelRef('two'));
  expect(asked).toHaveLength(1);
  store.getState().look();
  expect(asked).toHaveLength(2);
});
