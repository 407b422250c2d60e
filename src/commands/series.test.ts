import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PlanOrder, StoredFile } from '../engine/protocol.ts';
import { importSeries, readSeries } from '../recipe/mergekit/series.ts';
import { parseRecipe } from '../recipe/parse.ts';
import { stepsOf } from '../recipe/series.ts';
import type { Engine } from '../stores/engine.ts';
import { openRefs } from '../stores/models.ts';
import { statesOf } from '../stores/series.ts';
import { openModel, type Session } from '../stores/session.ts';
import { fakeModel, fakeResult, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { bf16, modelFile } from '../testing/model-file.ts';
import { fakeSession } from '../testing/session.ts';
import { cancel } from './cancel.ts';
import { merge } from './merge.ts';
import {
  awaitedBySeries,
  findResults,
  leaveSeries,
  mergeSeries,
  showStep,
  takeSeries,
} from './series.ts';
import { watchResults } from './settle-results.ts';

const text = `merge_method: linear
models:
  - model: first
    parameters: {weight: 1}
  - model: b
    parameters: {weight: 3}
---
name: first
merge_method: task_arithmetic
base_model: base
models:
  - model: a
    parameters: {weight: 0.5}
`;

const weights = new File([modelFile({ 'a.weight': bf16([2]) })], 'model.safetensors');

/** Keeps what it merged, as private storage does. */
function storage(over: Partial<Engine> = {}) {
  const orders: PlanOrder[] = [];
  const kept = new Map<string, readonly StoredFile[]>();
  const engine: Partial<Engine> = {
    freeName: async (name) => (kept.has(name) ? `${name}-2` : name),
    run: async (order, destination) => {
      orders.push(order);
      const recipe = new File([JSON.stringify(order.recipe)], 'amalgam-recipe.json');
      const folder = destination.kind === 'opfs' ? destination.folder : 'elsewhere';
      kept.set(folder, [
        { path: 'amalgam-recipe.json', file: recipe },
        { path: 'model.safetensors', file: weights },
      ]);
      return fakeResult;
    },
    finished: async () =>
      [...kept.keys()].map((folder) => ({
        folder,
        bytes: 1,
        finished: '',
        verified: true,
        only: null,
      })),
    files: async (folder) => kept.get(folder) ?? [],
    ...over,
  };
  return { engine, orders, kept };
}

async function ready(engine: Partial<Engine>) {
  const session = fakeSession({}, engine);
  for (const id of ['base', 'a', 'b']) {
    await openModel(session, refTo(fakeModel(id, id, fakeWeights)), fakeWeights);
  }
  const series = readSeries(text);
  if ('problem' in series) throw new Error(series.problem);
  const open = openRefs(session.models.getState().slots);
  const { recipe } = session.recipe.getState();
  await takeSeries(session, importSeries(text, series.steps, open, recipe).recipe!);
  watchResults(session);
  return session;
}

const statesIn = ({ recipe, series }: Session) =>
  statesOf(recipe.getState().recipe, series.getState());
const awaitedIn = ({ recipe, models }: Session) =>
  awaitedBySeries(recipe.getState().recipe, models.getState().slots);

beforeEach(() => {
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
});
afterEach(() => vi.unstubAllGlobals());

describe('A series of recipes', () => {
  test('is merged in its order, results under their names as models of those that take them', async () => {
    const { engine, orders } = storage();
    const session = await ready(engine);
    expect(session.recipe.getState().recipe.experts[0].model).toMatchObject({
      name: 'first',
      bytes: 0,
    });
    await mergeSeries.run(session);
    expect(orders.map(({ recipe }) => recipe)).toMatchObject([
      { method: 'task_arithmetic', output: { name: 'first' }, experts: [{ model: { id: 'a' } }] },
      {
        method: 'linear',
        output: { name: 'merged-model' },
        experts: [
          { model: { id: 'result-first', bytes: weights.size, fingerprint: expect.any(String) } },
          { model: { id: 'b' } },
        ],
      },
    ]);
    expect(statesIn(session)).toEqual(['made', 'made']);
    expect(session.run.getState()).toMatchObject({ phase: 'done', name: 'merged-model' });
  });

  test('takes what private storage has of it already, and makes the last again', async () => {
    const { engine, orders } = storage();
    await mergeSeries.run(await ready(engine));
    const later = await ready(engine);
    await mergeSeries.run(later);
    expect(statesIn(later)).toEqual(['found', 'made']);
    expect(orders.map(({ recipe }) => recipe.output.name)).toEqual([
      ...['first', 'merged-model'],
      'merged-model',
    ]);
  });

  test('makes a result anew where it was made of another recipe', async () => {
    const { engine, orders, kept } = storage();
    await mergeSeries.run(await ready(engine));
    const other = { ...orders[0].recipe, values: { lambda: 0.3 } };
    const file = new File([JSON.stringify(other)], 'amalgam-recipe.json');
    kept.set('first', [{ path: 'amalgam-recipe.json', file }]);
    const later = await ready(engine);
    await mergeSeries.run(later);
    expect(statesIn(later)).toEqual(['made', 'made']);
  });

  test('stops where it is cancelled, and goes on from there', async () => {
    const { engine, orders } = storage();
    let session: Awaited<ReturnType<typeof ready>> | null = null;
    const slow: Partial<Engine> = {
      ...engine,
      run: async (order, ...more) => {
        if (order.recipe.output.name !== 'merged-model') return engine.run!(order, ...more);
        void cancel.run(session!);
        throw new DOMException('', 'AbortError');
      },
    };
    session = await ready(slow);
    await mergeSeries.run(session);
    expect(statesIn(session)).toEqual(['made', 'cancelled']);
    expect(session.run.getState().phase).toBe('cancelled');
    const later = await ready(engine);
    await mergeSeries.run(later);
    expect(statesIn(later)).toEqual(['found', 'made']);
    expect(orders).toHaveLength(2);
  });

  test('waits for models that are no results', async () => {
    const session = await ready({});
    expect(awaitedIn(session)).toEqual([]);
    session.models.getState().forget('a');
    expect(awaitedIn(session)).toEqual(['a']);
    expect(mergeSeries.enabled(session)).toBe(false);
    showStep(session, 0);
    expect(session.recipe.getState().recipe.experts).toMatchObject([{ model: { name: 'a' } }]);
  });

  test('is one document with its steps: what is changed in one stays, and undo brings it back', async () => {
    const session = await ready({});
    const { recipe } = session;
    showStep(session, 0);
    recipe.getState().setValue('lambda', 0.3);
    showStep(session, 1);
    expect(recipe.getState().recipe).toMatchObject({
      method: 'linear',
      series: { before: [{ name: 'first', recipe: { values: { lambda: 0.3 } } }] },
    });
    leaveSeries(session);
    expect(recipe.getState().recipe).toMatchObject({
      series: null,
      experts: [{ model: { name: 'first', origin: 'local' } }, {}],
    });
    recipe.getState().undo();
    expect(recipe.getState().recipe.series?.before).toHaveLength(1);
    recipe.getState().undo();
    expect(stepsOf(recipe.getState().recipe)[0].recipe.values).toEqual({});
    recipe.getState().undo();
    expect(recipe.getState().recipe.series).toBeNull();
  });

  test('closes a result when the recipe that it was made of is changed, and finds it again', async () => {
    const { engine } = storage();
    const session = await ready(engine);
    await mergeSeries.run(session);
    const { recipe, models } = session;
    expect(models.getState().slots['result-first']).toBeDefined();
    showStep(session, 0);
    recipe.getState().setValue('lambda', 0.3);
    expect(models.getState().slots['result-first']).toBeUndefined();
    expect(session.engine.calls).toContain('close result-first');
    expect(statesIn(session)).toEqual(['waiting', 'waiting']);
    recipe.getState().undo();
    await findResults(session);
    expect(models.getState().slots['result-first']).toBeDefined();
    expect(statesIn(session)).toEqual(['found', 'waiting']);
  });

  test('opens after a reload with what private storage has of it', async () => {
    const { engine } = storage();
    const before = await ready(engine);
    await mergeSeries.run(before);
    const kept = JSON.parse(JSON.stringify(before.recipe.getState().recipe));
    const parsed = parseRecipe(kept);
    if (!('recipe' in parsed)) throw new Error(parsed.findings[0].message);
    const session = fakeSession(parsed.recipe, engine);
    await findResults(session);
    expect(statesIn(session)).toEqual(['found', 'waiting']);
    expect(awaitedIn(session)).toEqual(['base', 'a', 'b']);
  });

  test('says where it came no further', async () => {
    const { engine } = storage({
      run: async () => {
        throw Object.assign(new Error('The disk is full.'), { tag: 'quota' });
      },
    });
    const session = await ready(engine);
    await mergeSeries.run(session);
    expect(statesIn(session)).toEqual(['failed', 'waiting']);
    expect(session.run.getState()).toMatchObject({
      phase: 'failed',
      failure: { message: 'The disk is full.' },
    });
    expect(mergeSeries.enabled(session)).toBe(true);
    await merge.run(session);
    expect(statesIn(session)).toEqual(['waiting', 'waiting']);
  });
});
