import type { AuditWorker, FromAuditor, ToAuditor } from '../engine/check/auditor.ts';
import { serveAudit } from '../engine/check/serve-audit.ts';
import type { KernelWorker } from '../engine/crew/crew.ts';
import type { FromKernel, ToKernel } from '../engine/crew/messages.ts';
import { serveKernel } from '../engine/crew/serve-kernel.ts';

/** How a fake kernel worker behaves: does its tasks, crashes at the first, or never answers. */
export type Behaviour = 'works' | 'crashes' | 'hangs';

/**
 * A worker in this thread, for Node, which has none of the browser's kind. Messages are cloned and
 * transferred as a real one would, and arrive in a later turn of the event loop.
 */
class FakeWorker<To, From> extends EventTarget {
  terminated = false;
  readonly received: To[] = [];
  readonly #hear: (message: To) => void;

  constructor(
    serve: (post: (message: From, transfer?: Transferable[]) => void) => (to: To) => void,
  ) {
    super();
    this.#hear = serve((message, transfer = []) => {
      const data = structuredClone(message, { transfer });
      setTimeout(() => {
        if (!this.terminated) this.dispatchEvent(new MessageEvent('message', { data }));
      });
    });
  }

  postMessage(message: unknown, transfer?: Transferable[] | StructuredSerializeOptions): void {
    const options = Array.isArray(transfer) ? { transfer } : (transfer ?? {});
    // A compiled module travels to real workers; Node clones it between threads only.
    const { module, ...rest } = message as { module?: WebAssembly.Module };
    const clone = { ...structuredClone(rest, options), ...(module ? { module } : {}) } as To;
    this.received.push(clone);
    setTimeout(() => {
      if (!this.terminated) this.#hear(clone);
    });
  }

  terminate(): void {
    this.terminated = true;
  }
}

export class FakeKernelWorker extends FakeWorker<ToKernel, FromKernel> implements KernelWorker {
  constructor(behaviour: Behaviour = 'works') {
    super((post) => {
      const hear = serveKernel(post);
      return (message) => {
        if (message.kind !== 'do' || behaviour === 'works') hear(message);
        else if (behaviour === 'crashes') {
          this.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
        }
      };
    });
  }
}

export class FakeAuditWorker extends FakeWorker<ToAuditor, FromAuditor> implements AuditWorker {
  constructor() {
    super(serveAudit);
  }
}
