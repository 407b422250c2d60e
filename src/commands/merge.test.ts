import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PlanOrder } from '../engine/protocol.ts';
import type { Engine } from '../stores/engine.ts';
import { openModel } from '../stores/session.ts';
import { fakeModel, fakeResult, fakeWeights } from '../testing/fake-engine.ts';
import { refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession } from '../testing/session.ts';
import { cancel } from './cancel.ts';
import { merge } from './merge.ts';

const [base, expert] = ['base', 'expert'].map((id) => fakeModel(id, id, fakeWeights));

async function readySession(engine: Partial<Engine> = {}) {
  const session = fakeSession(recipeOf(base, [expert]), engine);
  for (const model of [base, expert]) await openModel(session, refTo(model), fakeWeights);
  await vi.waitFor(() => expect(merge.enabled(session)).toBe(true));
  return session;
}

let warnings: Set<unknown>;
beforeEach(() => {
  warnings = new Set();
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('addEventListener', (_: string, listener: unknown) => warnings.add(listener));
  vi.stubGlobal('removeEventListener', (_: string, listener: unknown) => warnings.delete(listener));
});
afterEach(() => vi.unstubAllGlobals());

describe('Merge', () => {
  test('has the recipe run, with its hash and the kind of backend, and shows the result', async () => {
    let order: PlanOrder | null = null;
    const session = await readySession({
      run: async (asked) => {
        order = asked;
        expect(warnings.size).toBe(1);
        return fakeResult;
      },
    });
    await merge.run(session);
    expect(order).toMatchObject({
      recipe: { experts: [{ model: { id: 'expert' } }] },
      recipeHash: expect.stringMatching(/^(?!0{64})[0-9a-f]{64}$/),
      producer: { backend: 'cpu' },
    });
    expect(session.run.getState()).toMatchObject({ phase: 'done', result: fakeResult });
    const { recipe } = session.recipe.getState();
    session.recipe.setState({ recipe: recipeOf(base, []) });
    expect(session.run.getState().recipe).toEqual(recipe);
    expect(session.view.getState().tab).toBe('result');
    expect(warnings.size).toBe(0);
  });

  test('is off while a model is missing', () => {
    const session = fakeSession(recipeOf(base, [expert]));
    expect(merge.enabled(session)).toBe(false);
  });

  test('is off while a merge runs', async () => {
    const session = await readySession();
    session.run.getState().start('x', { kind: 'opfs', folder: 'x' }, recipeOf(base, []));
    expect(merge.enabled(session)).toBe(false);
  });

  test('into private storage takes the next free name there', async () => {
    const session = await readySession({ freeName: async (name) => `${name}-2` });
    await merge.run(session);
    const saved = { kind: 'opfs', folder: 'merged-model-2' };
    expect(session.run.getState()).toMatchObject({ phase: 'done', name: 'merged-model-2', saved });
  });

  test('asks for the room before it writes, and says what to do', async () => {
    const estimate = async () => ({ quota: 1000, usage: 990 });
    vi.stubGlobal('navigator', { storage: { estimate } });
    let runs = 0;
    const session = await readySession({
      run: async () => Promise.reject(new Error(`run ${++runs}`)),
    });
    session.device.setState({ canPickFolder: true, saveWay: 'download' });
    await merge.run(session);
    const { failure } = session.run.getState();
    expect(failure?.message).toMatch(/^The merge writes .* the browser says that 10 B are free/);
    expect(failure?.advice).toContain('save into a folder you pick');
    expect(runs).toBe(0);
  });

  test('pressed twice, runs once', async () => {
    let runs = 0;
    const session = await readySession({
      run: async () => {
        runs += 1;
        return fakeResult;
      },
    });
    await Promise.all([merge.run(session), merge.run(session)]);
    expect(runs).toBe(1);
  });

  test('that failed takes away what is left of it', async () => {
    const discarded: unknown[] = [];
    const session = await readySession({
      run: async () => Promise.reject(new Error('the engine is gone')),
      discard: async (destination) => void discarded.push(destination),
    });
    await merge.run(session);
    expect(discarded).toEqual([{ kind: 'opfs', folder: 'merged-model' }]);
  });

  test('shows why it failed', async () => {
    const session = await readySession({
      run: async () => {
        throw Object.assign(new Error('disk full'), {
          tag: 'quota',
          context: { advice: 'Free some space.' },
        });
      },
    });
    await merge.run(session);
    expect(session.run.getState()).toMatchObject({
      phase: 'failed',
      failure: { tag: 'quota', message: 'disk full', advice: 'Free some space.' },
    });
    expect(warnings.size).toBe(0);
  });
});

test('Cancel aborts the run and says so at once', async () => {
  const session = await readySession({
    run: (_plan, _to, _options, listeners) =>
      new Promise((_, reject) => {
        listeners?.signal?.addEventListener('abort', () =>
          reject(new DOMException('cancelled', 'AbortError')),
        );
      }),
  });
  const running = merge.run(session);
  await vi.waitFor(() => expect(cancel.enabled(session)).toBe(true));
  void cancel.run(session);
  expect(session.run.getState().phase).toBe('cancelling');
  await running;
  expect(session.run.getState().phase).toBe('cancelled');
});

describe('into a folder', () => {
  let removed: string[] = [];
  /** A folder that holds these: a name ending in / is a folder, and full. */
  const parentWith = (...entries: string[]) => ({
    name: 'Models',
    async getDirectoryHandle(name: string) {
      if (entries.includes(name)) throw new DOMException('a file', 'TypeMismatchError');
      const isFull = entries.includes(`${name}/`);
      const keys = async function* () {
        if (isFull) yield 'model.safetensors';
      };
      return { name, keys };
    },
    removeEntry: async (name: string) => void removed.push(name),
  });

  async function pickerGives(parent: () => Promise<unknown>, engine: Partial<Engine> = {}) {
    removed = [];
    const session = await readySession(engine);
    session.device.setState({ canPickFolder: true, saveWay: 'folder' });
    vi.stubGlobal('window', { showDirectoryPicker: parent });
    return session;
  }

  test.each([
    [[], 'Models/merged-model'],
    [['merged-model/'], 'Models/merged-model-2'],
    [['merged-model', 'merged-model-2/'], 'Models/merged-model-3'],
  ])('that holds %j writes into %s', async (entries, expected) => {
    const session = await pickerGives(async () => parentWith(...entries));
    await merge.run(session);
    expect(session.run.getState().saved).toMatchObject({ kind: 'directory', name: expected });
  });

  test('does nothing when the picker is closed', async () => {
    const closed = async () => Promise.reject(new DOMException('closed', 'AbortError'));
    const session = await pickerGives(closed);
    await merge.run(session);
    expect(session.run.getState().phase).toBe('idle');
  });

  test('takes the empty folder away when the run fails', async () => {
    const session = await pickerGives(async () => parentWith('merged-model/'), {
      run: async () => Promise.reject(new Error('no')),
      discard: async () => {},
    });
    await merge.run(session);
    expect(removed).toEqual(['merged-model-2']);
  });
});
