import { perform } from '../compute/cpu/kernel.ts';
import type { WorkerLike } from '../compute/cpu/pool.ts';
import type { Task } from '../compute/cpu/task.ts';

/** How a fake kernel worker behaves: does its tasks, fails each, crashes at the first, or never answers. */
export type Behaviour = 'works' | 'refuses' | 'crashes' | 'hangs';

/**
 * A kernel worker in this thread, for Node, which has no Worker. Messages are cloned and transferred as
 * a real one would, and answers come in a later turn of the event loop.
 */
export class FakeKernelWorker extends EventTarget implements WorkerLike {
  terminated = false;
  received = 0;
  readonly #behaviour: Behaviour;

  constructor(behaviour: Behaviour = 'works') {
    super();
    this.#behaviour = behaviour;
  }

  postMessage(message: unknown, transfer?: Transferable[] | StructuredSerializeOptions): void {
    this.received++;
    const options = Array.isArray(transfer) ? { transfer } : (transfer ?? {});
    const { id, task } = structuredClone(message, options) as { id: number; task: Task };
    setTimeout(() => {
      if (this.terminated || this.#behaviour === 'hangs') return;
      if (this.#behaviour === 'crashes') {
        this.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
        return;
      }
      const data =
        this.#behaviour === 'refuses'
          ? { id, ok: false, message: 'no such method' }
          : { id, ok: true, result: perform(task) };
      this.dispatchEvent(new MessageEvent('message', { data }));
    });
  }

  terminate(): void {
    this.terminated = true;
  }
}
