import { describe, expect, test } from 'vitest';
import { emptyRecipe } from '../recipe/defaults.ts';
import { dialsOf } from '../recipe/dials.ts';
import type { ModelRef } from '../recipe/recipe.ts';
import { sliceOf } from '../recipe/slices.ts';
import { createRecipeStore } from './recipe.ts';

const ref = (id: string): ModelRef => ({ id, name: id, origin: 'local', bytes: 100 });

function withExperts(...ids: readonly string[]) {
  let time = 0;
  const store = createRecipeStore(
    {
      ...emptyRecipe(),
      base: ref('base'),
      experts: ids.map((id) => ({ model: ref(id), values: {} })),
    },
    () => time,
  );
  const ids_ = () => store.getState().recipe.experts.map((expert) => expert.model.id);
  return { store, ids: ids_, wait: (milliseconds: number) => (time += milliseconds) };
}

test('a dial turned in one go is one step back', () => {
  const { store, wait } = withExperts('a', 'b');
  const recipe = () => store.getState().recipe;
  const dial = dialsOf(recipe()).find(({ id }) => id === 'weight of all')!;
  store.getState().turn(dial, 0.4);
  wait(100);
  store.getState().turn(dial, 0.5);
  expect(recipe().experts.map(({ values }) => values)).toEqual([{ weight: 0.5 }, { weight: 0.5 }]);
  store.getState().undo();
  expect(recipe().experts.map(({ values }) => values)).toEqual([{}, {}]);
});

describe('experts', () => {
  test('are added at the end, moved by one, and removed with their rules', () => {
    const { store, ids } = withExperts('a', 'b');
    const { addExpert, moveExpert, addItems, removeExpert } = store.getState();
    addExpert(ref('c'));
    moveExpert('c', -1);
    expect(ids()).toEqual(['a', 'c', 'b']);
    const filter = { kind: 'contains', text: '' } as const;
    addItems('rules', [{ filter, parameter: 'weight', model: 'c', value: 1 }]);
    addItems('keeps', [{ filter, from: { kind: 'model', model: 'c' } }]);
    addItems('keeps', [{ filter, from: { kind: 'base' } }]);
    removeExpert('c');
    expect(ids()).toEqual(['a', 'b']);
    expect(store.getState().recipe.rules).toEqual([]);
    expect(store.getState().recipe.keeps.map(({ from }) => from.kind)).toEqual(['base']);
  });

  test('stay where they are at either end of the list, without a step to undo', () => {
    const { store, ids } = withExperts('a', 'b');
    store.getState().moveExpert('a', -1);
    store.getState().moveExpert('b', 1);
    expect(ids()).toEqual(['a', 'b']);
    expect(store.getState().history.past).toHaveLength(0);
  });

  test('change places with the base, and the values stay in their place', () => {
    const { store, ids } = withExperts('a', 'b');
    store.getState().setExpertValue('a', 'weight', -1);
    store.getState().makeBase('a');
    const { base, experts } = store.getState().recipe;
    expect(base?.id).toBe('a');
    expect(ids()).toEqual(['base', 'b']);
    expect(experts[0].values).toEqual({ weight: -1 });
  });

  test('leave the list when there is no base to change places with', () => {
    const { store, ids } = withExperts('a', 'b');
    store.getState().setBase(null);
    store.getState().makeBase('b');
    expect(store.getState().recipe.base?.id).toBe('b');
    expect(ids()).toEqual(['a']);
  });
});

describe('undo', () => {
  test('takes a drag of one slider back as one step', () => {
    const { store, wait } = withExperts('a');
    for (const weight of [0.9, 0.8, 0.7]) {
      store.getState().setExpertValue('a', 'weight', weight);
      wait(20);
    }
    store.getState().undo();
    expect(store.getState().recipe.experts[0].values).toEqual({});
    store.getState().redo();
    expect(store.getState().recipe.experts[0].values).toEqual({ weight: 0.7 });
  });

  test('tells two sliders apart', () => {
    const { store } = withExperts('a', 'b');
    store.getState().setExpertValue('a', 'weight', 0.5);
    store.getState().setExpertValue('b', 'weight', 0.5);
    store.getState().undo();
    expect(store.getState().recipe.experts.map(({ values }) => values)).toEqual([
      { weight: 0.5 },
      {},
    ]);
  });

  test('has nothing to go back to after a restart', () => {
    const { store } = withExperts('a');
    store.getState().setBase(null);
    store.getState().restart(emptyRecipe());
    store.getState().undo();
    expect(store.getState().recipe).toEqual(emptyRecipe());
  });
});

test('how adapters become one is changed member by member, and undone', () => {
  const { store } = withExperts('a');
  store.getState().setAdapters({ profile: 'peft 0.20' });
  store.getState().setAdapters({ clamp: 0.99 });
  expect(store.getState().recipe.adapters).toEqual({
    ...{ profile: 'peft 0.20', combine: 'updates', clamp: 0.99 },
  });
  store.getState().undo();
  store.getState().undo();
  expect(store.getState().recipe.adapters).toEqual(emptyRecipe().adapters);
});

test('a dialect forgets the choices set by hand in another', () => {
  const { store } = withExperts('a');
  store.getState().setChoice('election', 'frequency');
  expect(store.getState().recipe.arithmetic).toEqual({ election: 'frequency' });
  store.getState().setDialect('peft');
  expect(store.getState().recipe.arithmetic).toEqual({});
});

test('a release of the same tool keeps the choices set by hand, and one step takes it back', () => {
  const { store } = withExperts('a');
  const { setDialect, setChoice, undo } = store.getState();
  setDialect('mergekit');
  setChoice('divisor', 'count');
  setDialect('mergekit 0.1.4');
  expect(store.getState().recipe).toMatchObject({
    ...{ dialect: 'mergekit 0.1.4', arithmetic: { divisor: 'count' } },
  });
  undo();
  expect(store.getState().recipe.dialect).toBe('mergekit');
});

test('a reset takes a value away, so that the default holds', () => {
  const { store } = withExperts('a');
  store.getState().setValue('lambda', 0.3);
  store.getState().resetValue('lambda');
  expect(store.getState().recipe.values).toEqual({});
});

test('a rule is changed in its place, and its order decides', () => {
  const { store } = withExperts('a');
  const filter = { kind: 'group', group: 'mlp' } as const;
  const { addItems, changeItem, moveItem } = store.getState();
  for (let i = 0; i < 2; i++) {
    addItems('rules', [{ filter, parameter: 'weight', model: null, value: 1 }]);
  }
  changeItem('rules', 'rule-2', { value: [0, 1] });
  moveItem('rules', 'rule-2', -1);
  expect(store.getState().recipe.rules.map(({ id, value }) => [id, value])).toEqual([
    ['rule-2', [0, 1]],
    ['rule-1', 1],
  ]);
});

test('what is kept is added in front of all others, and one step takes it back', () => {
  const { store } = withExperts('a');
  const { addItems, undo } = store.getState();
  addItems('keeps', [{ filter: { kind: 'misfit' }, from: { kind: 'base' } }]);
  addItems('keeps', [{ filter: { kind: 'name', name: 'x' }, from: { kind: 'base' } }], 'front');
  const keeps = () => store.getState().recipe.keeps.map(({ id, filter }) => `${id} ${filter.kind}`);
  expect(keeps()).toEqual(['rule-2 name', 'rule-1 misfit']);
  undo();
  expect(keeps()).toEqual(['rule-1 misfit']);
});

test('files of a model are taken, given back on undo, and go with the model', () => {
  const { store } = withExperts('a', 'b');
  const donors = () => store.getState().recipe.donors;
  store.getState().setDonor('tokenizer', 'a');
  store.getState().setDonor('chatTemplate', 'b');
  store.getState().setDonor('chatTemplate', null);
  expect(donors()).toEqual({ tokenizer: 'a' });
  store.getState().undo();
  expect(donors()).toEqual({ tokenizer: 'a', chatTemplate: 'b' });
  store.getState().removeExpert('b');
  expect(donors()).toEqual({ tokenizer: 'a' });
  store.getState().setDonor('config', 'base');
  store.getState().setBase(null);
  expect(donors()).toEqual({ tokenizer: 'a' });
});

describe('slices', () => {
  test('are set in one step, and a drag of one control is one, too', () => {
    const { store, wait } = withExperts('a', 'b');
    const { setSlices, undo } = store.getState();
    setSlices([sliceOf('s', 'a', 0, 2)]);
    setSlices([sliceOf('s', 'a', 0, 3)], 'end of s');
    wait(100);
    setSlices([sliceOf('s', 'a', 0, 4)], 'end of s');
    undo();
    expect(store.getState().recipe.slices).toEqual([sliceOf('s', 'a', 0, 2)]);
    undo();
    expect(store.getState().recipe.slices).toBeNull();
  });

  test('lose the expert that is removed, and follow the base', () => {
    const { store } = withExperts('a', 'b');
    const { setSlices, removeExpert, setBase } = store.getState();
    setSlices([sliceOf('s', 'a', 0, 2), sliceOf('t', 'base', 0, 2)]);
    removeExpert('a');
    setBase(ref('other'));
    expect(store.getState().recipe.slices).toEqual([sliceOf('t', 'other', 0, 2)]);
    setBase(null);
    expect(store.getState().recipe.slices).toBeNull();
  });
});

test('a merge by token is chosen, changed, taken back, and lets go of models that go', () => {
  const { store } = withExperts('a', 'b');
  const { setTokens, setVocabulary, removeExpert, undo } = store.getState();
  const vocabulary = () => store.getState().recipe.vocabulary;
  setTokens({ tokens: { model: 'b' } });
  expect(vocabulary()).toEqual({ tokens: { model: 'b' }, rows: [], padTo: null });
  setTokens({ padTo: 64 });
  const row = (model: string) => {
    return { token: '<x>', from: { kind: 'model', model }, force: true } as const;
  };
  setTokens({ rows: [row('a'), row('b')] });
  removeExpert('b');
  expect(vocabulary()).toEqual({ tokens: 'base', rows: [row('a')], padTo: 64 });
  undo();
  expect(vocabulary()).toMatchObject({ tokens: { model: 'b' }, padTo: 64 });
  setVocabulary('refuse');
  expect(vocabulary()).toBe('refuse');
});

test('a chat template is a text until a model’s is taken', () => {
  const { store } = withExperts('a');
  const { setChatTemplate, setDonor, undo } = store.getState();
  const template = () => store.getState().recipe.chatTemplate;
  setChatTemplate({ text: '{{ x }}' });
  setDonor('chatTemplate', 'a');
  expect(template()).toBeNull();
  undo();
  expect(template()).toEqual({ text: '{{ x }}' });
});
