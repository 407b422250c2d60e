import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Plan } from '../plan/types.ts';
import type { Engine } from '../stores/engine.ts';
import { fakeResult } from '../testing/fake-engine.ts';
import { headerModel, refTo } from '../testing/model.ts';
import { recipeOf } from '../testing/planning.ts';
import { fakeSession } from '../testing/session.ts';
import { cancel } from './cancel.ts';
import { merge } from './merge.ts';

const tensors = { 'model.norm.weight': ['F32', [4]] } as const;
const base = headerModel('base', tensors);
const expert = headerModel('expert', tensors);

function readySession(engine: Partial<Engine> = {}) {
  const session = fakeSession(recipeOf(base, [expert]), engine);
  for (const model of [base, expert]) {
    session.models.getState().begin({ ...refTo(model), summary: null });
    session.models.getState().admit(model.id, model);
  }
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
  test('runs the plan, with the hash of the recipe in its header, and shows the result', async () => {
    let header = '';
    const session = readySession({
      run: async (plan: Plan) => {
        header = new TextDecoder().decode(plan.files[0].header);
        expect(warnings.size).toBe(1);
        return fakeResult;
      },
    });
    expect(merge.enabled(session)).toBe(true);
    await merge.run(session);
    expect(header).toMatch(/"recipe_sha256":"(?!0{64})[0-9a-f]{64}"/);
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

  test('is off while a merge runs', () => {
    const session = readySession();
    session.run.getState().start('x', { kind: 'opfs', folder: 'x' }, recipeOf(base, []));
    expect(merge.enabled(session)).toBe(false);
  });

  test('into private storage takes the next free name there', async () => {
    const session = readySession({ freeName: async (name) => `${name}-2` });
    await merge.run(session);
    const saved = { kind: 'opfs', folder: 'merged-model-2' };
    expect(session.run.getState()).toMatchObject({ phase: 'done', name: 'merged-model-2', saved });
  });

  test('asks for the room before it writes, and says what to do', async () => {
    const estimate = async () => ({ quota: 1000, usage: 990 });
    vi.stubGlobal('navigator', { storage: { estimate } });
    let runs = 0;
    const session = readySession({ run: async () => Promise.reject(new Error(`run ${++runs}`)) });
    session.device.setState({ canPickFolder: true, saveWay: 'download' });
    await merge.run(session);
    const { failure } = session.run.getState();
    expect(failure?.message).toMatch(/^The merge writes .* the browser says that 10 B are free/);
    expect(failure?.advice).toContain('save into a folder you pick');
    expect(runs).toBe(0);
  });

  test('pressed twice, runs once', async () => {
    let runs = 0;
    const session = readySession({
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
    const session = readySession({
      run: async () => Promise.reject(new Error('the engine is gone')),
      discard: async (destination) => void discarded.push(destination),
    });
    await merge.run(session);
    expect(discarded).toEqual([{ kind: 'opfs', folder: 'merged-model' }]);
  });

  test('shows why it failed', async () => {
    const session = readySession({
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
  const session = readySession({
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

  function pickerGives(parent: () => Promise<unknown>, engine: Partial<Engine> = {}) {
    removed = [];
    const session = readySession(engine);
    session.device.setState({ canPickFolder: true, saveWay: 'folder' });
    vi.stubGlobal('window', { showDirectoryPicker: parent });
    return session;
  }

  test.each([
    [[], 'Models/merged-model'],
    [['merged-model/'], 'Models/merged-model-2'],
    [['merged-model', 'merged-model-2/'], 'Models/merged-model-3'],
  ])('that holds %j writes into %s', async (entries, expected) => {
    const session = pickerGives(async () => parentWith(...entries));
    await merge.run(session);
    expect(session.run.getState().saved).toMatchObject({ kind: 'directory', name: expected });
  });

  test('does nothing when the picker is closed', async () => {
    const closed = async () => Promise.reject(new DOMException('closed', 'AbortError'));
    const session = pickerGives(closed);
    await merge.run(session);
    expect(session.run.getState().phase).toBe('idle');
  });

  test('takes the empty folder away when the run fails', async () => {
    const session = pickerGives(async () => parentWith('merged-model/'), {
      run: async () => Promise.reject(new Error('no')),
      discard: async () => {},
    });
    await merge.run(session);
    expect(removed).toEqual(['merged-model-2']);
  });
});
