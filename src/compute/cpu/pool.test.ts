import { describe, expect, it } from 'vitest';
import { type Behaviour, FakeKernelWorker } from '../../testing/fake-kernel-worker.ts';
import { KernelWorkerError, Pool } from './pool.ts';
import type { MeasureTask } from './task.ts';

const never = new AbortController().signal;

/** Σ |τ| of one element: model 3, base 1. */
function task(): MeasureTask {
  const planes = [3, 1].map((value) => new Uint8Array(Float32Array.of(value).buffer));
  const run = { start: 7, count: 1, planes, dtypes: ['F32', 'F32'], hasBase: true } as const;
  return {
    kind: 'measure',
    run,
    wanted: [{ kind: 'mass', model: 0, keep: { kind: 'all' } }],
    work: 'F32',
    at: { tensorKey: 0, ordinals: [0] },
  };
}

function poolOf(size: number, behaviours: readonly Behaviour[] = ['works']) {
  const workers: FakeKernelWorker[] = [];
  const pool = new Pool(size, () => {
    const worker = new FakeKernelWorker(behaviours[workers.length % behaviours.length]);
    workers.push(worker);
    return worker;
  });
  return { pool, workers };
}

describe('Pool', () => {
  it('starts a worker only when there is work for it', async () => {
    const { pool, workers } = poolOf(3);
    expect(workers.length).toBe(0);
    expect(await pool.run(task(), [], never)).toEqual([Float64Array.of(2)]);
    await pool.run(task(), [], never);
    expect(workers.length).toBe(1);
    await Promise.all([pool.run(task(), [], never), pool.run(task(), [], never)]);
    expect(workers.length).toBe(2);
  });

  it('spreads tasks over its workers and gives a worker two at most', async () => {
    const { pool, workers } = poolOf(2);
    const tasks = Array.from({ length: 9 }, () => pool.run(task(), [], never));
    expect(workers.map(({ received }) => received)).toEqual([2, 2]);
    const results = await Promise.all(tasks);
    expect(results.flat()).toEqual(Array(9).fill(Float64Array.of(2)));
    expect(workers.length).toBe(2);
  });

  it('transfers what it is told to', async () => {
    const { pool } = poolOf(1);
    const { run, ...rest } = task();
    await pool.run({ ...rest, run }, [run.planes[0].buffer], never);
    expect(run.planes.map(({ length }) => length)).toEqual([0, 4]);
  });

  it('passes on what a worker says it cannot do, and goes on', async () => {
    const { pool, workers } = poolOf(1, ['refuses']);
    const failure = await pool.run(task(), [], never).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(KernelWorkerError);
    expect(failure).toMatchObject({
      tag: 'kernel-worker',
      message: 'no such method',
      context: { step: 'measure', firstElement: 7, elementCount: 1 },
    });
    await expect(pool.run(task(), [], never)).rejects.toThrow('no such method');
    expect(workers.length).toBe(1);
  });

  it('rejects the tasks of a crashed worker and replaces it', async () => {
    const { pool, workers } = poolOf(1, ['crashes', 'works']);
    const tasks = [1, 2, 3].map(() => pool.run(task(), [], never));
    const outcomes = await Promise.allSettled(tasks);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(outcomes[0]).toMatchObject({
      reason: { message: 'A kernel worker of the CPU backend stopped: out of memory' },
    });
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
  });

  it('rejects at once when aborted, waiting or begun, and goes on', async () => {
    const { pool } = poolOf(1);
    const abort = new AbortController();
    const tasks = [1, 2, 3, 4].map(() => pool.run(task(), [], abort.signal));
    const other = pool.run(task(), [], never);
    abort.abort();
    const outcomes = await Promise.allSettled(tasks);
    expect(outcomes.every((o) => o.status === 'rejected' && o.reason.name === 'AbortError')).toBe(
      true,
    );
    expect(await other).toEqual([Float64Array.of(2)]);
    await expect(pool.run(task(), [], abort.signal)).rejects.toThrow('aborted');
  });

  it('rejects what is left when it is disposed of', async () => {
    const { pool, workers } = poolOf(1, ['hangs']);
    const tasks = [1, 2, 3].map(() => pool.run(task(), [], never));
    pool.dispose();
    const outcomes = await Promise.allSettled(tasks);
    expect(outcomes.every((o) => o.status === 'rejected' && o.reason.name === 'AbortError')).toBe(
      true,
    );
    expect(workers[0].terminated).toBe(true);
  });
});
