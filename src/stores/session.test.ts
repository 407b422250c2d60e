import { afterEach, describe, expect, test, vi } from 'vitest';
import { EngineError } from '../engine/errors.ts';
import { fakeSession } from '../testing/session.ts';
import { handlesOf, parseFamily } from './family.ts';
import { demoRecipe, failureOf, keep, keptRecipe, openDemo, openModel } from './session.ts';

const family = {
  title: 'Demo',
  members: [
    { id: 'base', role: 'base', title: 'Base', path: 'base', files: [file('a.safetensors', 10)] },
    { id: 'sort', role: 'expert', title: 'Sort', path: 'sort', files: [file('b.safetensors', 7)] },
    { id: 'lora', role: 'adapter', title: 'LoRA', path: 'lora', files: [] },
  ],
  skills: [{ id: 'sort', title: 'Sort' }],
};

function file(name: string, size: number) {
  return { name, size };
}

afterEach(() => vi.unstubAllGlobals());

describe('the demo family', () => {
  test('opens its base and experts, not its adapters', async () => {
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify(family)));
    const session = fakeSession();
    await openDemo(session);
    expect(session.engine.calls).toEqual(['open demo-base', 'open demo-sort']);
    expect(session.models.getState().slots['demo-sort']?.status.kind).toBe('open');
  });

  test('becomes a recipe of base and experts with their weight bytes', () => {
    const { base, experts } = demoRecipe(parseFamily(family));
    expect(base).toEqual({ id: 'demo-base', name: 'Base', origin: 'demo', bytes: 10 });
    expect(experts.map(({ model }) => model.id)).toEqual(['demo-sort']);
  });

  test('opens with the settings whose weakest skill was measured best', () => {
    const measured = (lambda: number, weights: readonly number[], reverse: number) => ({
      method: 'task_arithmetic',
      experts: ['sort'],
      weights,
      lambda,
      accuracy: { sort: 0.9, reverse },
    });
    const merges = [measured(0.4, [1], 0.2), measured(0.6, [0.7], 0.5), measured(1, [1], 0.1)];
    const { values, experts } = demoRecipe(parseFamily({ ...family, merges }));
    expect(values).toEqual({ lambda: 0.6 });
    expect(experts[0].values).toEqual({ weight: 0.7 });
  });

  test('says so when it does not load', async () => {
    vi.stubGlobal('fetch', async () => new Response('gone', { status: 404 }));
    const session = fakeSession();
    await openDemo(session);
    const { demo } = session.models.getState();
    expect(demo.kind === 'failed' && demo.failure.message).toContain('404');
  });

  test('lies beside the page, whatever its path', () => {
    const [handle] = handlesOf(parseFamily(family).members[0], 'http://host/sub/demo/');
    expect(handle).toEqual({
      kind: 'url',
      path: 'a.safetensors',
      url: 'http://host/sub/demo/base/a.safetensors',
      size: 10,
    });
  });
});

test('a model that cannot be opened keeps its card, with the reason', async () => {
  const session = fakeSession(
    {},
    {
      open: async () => {
        throw new EngineError('model-closed', 'x.safetensors is truncated', { advice: 'Again.' });
      },
    },
  );
  await openModel(session, { id: 'x', name: 'x', origin: 'local', bytes: 3 }, []);
  const { status } = session.models.getState().slots['x'];
  expect(status.kind === 'failed' && status.failure).toMatchObject({
    message: 'x.safetensors is truncated',
    advice: 'Again.',
  });
});

test('whatever is thrown becomes a failure with a message', () => {
  expect(failureOf('plain text')).toEqual({ tag: 'unknown', message: 'plain text', advice: null });
});

test('the recipe is kept in local storage once typing stops', () => {
  vi.useFakeTimers();
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  const session = fakeSession();
  const stop = keep(session);
  session.recipe.getState().setValue('lambda', 0.25);
  expect(keptRecipe()).toBeNull();
  vi.advanceTimersByTime(1000);
  expect(keptRecipe()).toMatchObject({ values: { lambda: 0.25 } });
  stop();
  vi.useRealTimers();
});

test('settings of an earlier visit are taken over, nonsense is not', () => {
  const kept = { choice: 'cpu', memoryBudget: -1, saveWay: 'folder' };
  vi.stubGlobal('localStorage', { getItem: () => JSON.stringify(kept) });
  const { choice, memoryBudget, saveWay } = fakeSession().device.getState();
  expect({ choice, memoryBudget, saveWay }).toEqual({
    choice: 'cpu',
    memoryBudget: 2 ** 30,
    saveWay: 'folder',
  });
});
