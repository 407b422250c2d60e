import { describe, expect, test } from 'vitest';
import { importMergekit } from '../recipe/mergekit/to-recipe.ts';
import { fakeSession } from '../testing/session.ts';
import { openFiles } from './open-files.ts';

const weights = (path: string, size = 8) => ({
  path,
  file: new File([new Uint8Array(size)], path.split('/').at(-1)!),
});
const demo = { id: 'demo-base', name: 'Base', origin: 'demo', bytes: 5 } as const;

function namesOf(session: ReturnType<typeof fakeSession>) {
  const { base, experts } = session.recipe.getState().recipe;
  return { base: base?.name ?? null, experts: experts.map(({ model }) => model.name) };
}

describe('dropped models', () => {
  test('a lone first one becomes the base, the next one an expert', async () => {
    const session = fakeSession();
    await openFiles(session, [weights('parent/model.safetensors')]);
    await openFiles(session, [weights('child/model.safetensors')]);
    expect(namesOf(session)).toEqual({ base: 'parent', experts: ['child'] });
  });

  test('the one called base is the base among several', async () => {
    const session = fakeSession();
    await openFiles(session, [
      weights('math/model.safetensors'),
      weights('tiny-base/model.safetensors'),
    ]);
    expect(namesOf(session)).toEqual({ base: 'tiny-base', experts: ['math'] });
  });

  test('a lone first one gives way to one called base', async () => {
    const session = fakeSession();
    await openFiles(session, [weights('math/model.safetensors')]);
    await openFiles(session, [weights('tiny-base/model.safetensors')]);
    expect(namesOf(session)).toEqual({ base: 'tiny-base', experts: ['math'] });
  });

  test('a base that has experts keeps its place', async () => {
    const session = fakeSession();
    await openFiles(session, [weights('parent/model.safetensors')]);
    await openFiles(session, [weights('child/model.safetensors')]);
    await openFiles(session, [weights('other-base/model.safetensors')]);
    expect(namesOf(session)).toEqual({ base: 'parent', experts: ['child', 'other-base'] });
  });

  test('none is guessed to be the base among several others', async () => {
    const session = fakeSession();
    await openFiles(session, [
      weights('math/model.safetensors'),
      weights('code/model.safetensors'),
    ]);
    expect(namesOf(session)).toEqual({ base: null, experts: ['code', 'math'] });
  });

  test('take the place of the demo family, and Undo brings it back', async () => {
    const session = fakeSession({ base: demo });
    await openFiles(session, [weights('mine/model.safetensors')]);
    expect(namesOf(session).base).toBe('mine');
    expect(session.view.getState().notice?.undo).toBe(true);
    session.recipe.getState().undo();
    expect(namesOf(session).base).toBe('Base');
  });

  test.each([
    ['which the demo brought, goes with it', 0.6, {}],
    ['set by hand stays', 0.3, { lambda: 0.3 }],
  ])('in place of the demo: a λ %s', async (_, lambda, left) => {
    const session = fakeSession({ base: demo, values: { lambda } });
    const best = { method: 'task_arithmetic', experts: ['a'], weights: [1], lambda: 0.6 };
    const family = {
      title: '',
      summary: '',
      members: [],
      skills: [],
      accuracy: {},
      merges: [{ ...best, accuracy: {} }],
    };
    session.models.getState().setDemo({ kind: 'ready', family });
    await openFiles(session, [weights('mine/model.safetensors')]);
    expect(session.recipe.getState().recipe.values).toEqual(left);
  });

  test('with equal names get ids of their own', async () => {
    const session = fakeSession();
    await openFiles(session, [weights('m/model.safetensors')]);
    await openFiles(session, [weights('m/model.safetensors', 9)]);
    expect(Object.keys(session.models.getState().slots)).toEqual(['local-m', 'local-m-2']);
  });
});

test('a file with the name and bytes the recipe waits for fills its place', async () => {
  const wanted = { id: 'from-link', name: 'math', origin: 'local', bytes: 8 } as const;
  const session = fakeSession({ experts: [{ model: wanted, values: { weight: 2 } }] });
  await openFiles(session, [weights('math/model.safetensors', 8)]);
  expect(session.engine.calls).toEqual(['open from-link']);
  expect(session.recipe.getState().recipe.experts).toEqual([
    { model: wanted, values: { weight: 2 } },
  ]);
});

test('one with other bytes does not', async () => {
  const wanted = { id: 'from-link', name: 'math', origin: 'local', bytes: 8 } as const;
  const session = fakeSession({ experts: [{ model: wanted, values: {} }] });
  await openFiles(session, [weights('math/model.safetensors', 9)]);
  expect(session.engine.calls).toEqual(['open local-math']);
});

test('a pickle is refused with what to do, and changes nothing', async () => {
  const session = fakeSession();
  await openFiles(session, [weights('pytorch_model.bin')]);
  const [refusal] = session.models.getState().refused;
  expect(refusal.name).toBe('pytorch_model.bin');
  expect(refusal.advice).toContain('safetensors');
  expect(session.recipe.getState().history.past).toEqual([]);
});

test('a lone recipe file replaces the recipe, and a broken one says why', async () => {
  const session = fakeSession();
  const text = JSON.stringify({ version: 1, method: 'ties', experts: [] });
  const recipeFile = (body: string) => ({
    path: 'my.recipe.json',
    file: new File([body], 'my.recipe.json'),
  });
  await openFiles(session, [recipeFile(text)]);
  expect(session.recipe.getState().recipe.method).toBe('ties');
  await openFiles(session, [recipeFile('{')]);
  expect(session.models.getState().refused[0].reason).toContain('not JSON');
  expect(session.recipe.getState().recipe.method).toBe('ties');
});

test('a lone recipe of mergekit is shown before it is taken on; the models it names take their places', async () => {
  const session = fakeSession();
  const yaml =
    'merge_method: ties\nbase_model: org/parent\nmodels: [{model: org/child, parameters: {weight: 0.3}}]';
  await openFiles(session, [{ path: 'merge.yml', file: new File([yaml], 'merge.yml') }]);
  expect(session.view.getState()).toMatchObject({ dialog: 'mergekit', offeredText: yaml });
  const made = importMergekit(yaml, [], session.recipe.getState().recipe);
  if ('problem' in made) throw new Error(made.problem);
  session.recipe.getState().replace(made.recipe);
  await openFiles(session, [
    weights('child/model.safetensors'),
    weights('parent/model.safetensors', 16),
  ]);
  const { base, experts } = session.recipe.getState().recipe;
  expect([base?.name, base?.bytes]).toEqual(['org/parent', 16]);
  expect(experts).toMatchObject([
    { model: { name: 'org/child', bytes: 8 }, values: { weight: 0.3, density: 1 } },
  ]);
});
