import { perform } from './kernel.ts';
import type { Reply } from './pool.ts';
import type { ResultOf, Task } from './task.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.addEventListener('message', ({ data }: MessageEvent<{ id: number; task: Task }>) => {
  const { id, task } = data;
  try {
    const result = perform(task);
    const buffers = arraysOf(result).map(({ buffer }) => buffer);
    scope.postMessage({ id, ok: true, result } satisfies Reply, buffers);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    scope.postMessage({ id, ok: false, message } satisfies Reply);
  }
});

/** What can be handed over instead of copied. */
function arraysOf(result: ResultOf<Task>): readonly { readonly buffer: ArrayBuffer }[] {
  if ('bytes' in result) return [result.bytes];
  return result.flatMap((collected) =>
    'counted' in collected
      ? [collected.counted, collected.positions, collected.patterns]
      : collected,
  );
}
