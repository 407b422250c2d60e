import { perform, type Task } from './kernel.ts';
import type { Reply } from './pool.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.addEventListener('message', ({ data }: MessageEvent<{ id: number; task: Task }>) => {
  const { id, task } = data;
  try {
    const result = perform(task);
    const arrays = 'bytes' in result ? [result.bytes] : result;
    const buffers = arrays.map(({ buffer }) => buffer);
    scope.postMessage({ id, ok: true, result } satisfies Reply, buffers);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    scope.postMessage({ id, ok: false, message } satisfies Reply);
  }
});
