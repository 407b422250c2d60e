import { type Backend, DeviceLostError, NonFiniteError } from '../../compute/backend.ts';
import { isExplained } from '../errors.ts';

export type Fallback = {
  /** A new device after the first was lost or ran out of memory; null when there is none. */
  readonly renew: () => Promise<Backend | null>;
  /** The backend that always works. */
  readonly cpu: () => Backend;
};

export type Rung = { readonly backend: Backend; readonly note: string };

/** Which backend a run uses now, and what it turns to when that one cannot go on. */
export interface Ladder {
  current(): Backend;
  cpu(): Backend;
  /** Where to do a tensor again after `failed` threw `error`; null when the error is final. */
  after(failed: Backend, error: unknown): Promise<Rung | null>;
}

/**
 * First the backend the run was given; when its device is lost, one new device for the rest of the
 * run; when that is lost too, or cannot be had, the CPU. A tensor with non-finite values goes to the
 * CPU alone; the next one returns to the GPU.
 */
export function ladder(first: Backend, fallback: Fallback): Ladder {
  let backend = first;
  let renewal: Promise<Backend | null> | null = null;
  const cpu = () => (first.kind === 'cpu' ? first : fallback.cpu());

  async function replace(failed: Backend): Promise<Rung> {
    if (failed === first) {
      renewal ??= fallback.renew().catch(() => null);
      const renewed = await renewal;
      if (renewed !== null) {
        if (backend === first) backend = renewed;
        return { backend, note: 'GPU lost, done again on a new device' };
      }
    }
    backend = cpu();
    return { backend, note: 'GPU lost, done again on the CPU' };
  }

  return {
    current: () => backend,
    cpu,
    async after(failed, error) {
      if (failed.kind === 'cpu') return null;
      if (error instanceof NonFiniteError) {
        return { backend: cpu(), note: 'non-finite values, done on the CPU by IEEE rules' };
      }
      return isDeviceTrouble(error) ? replace(failed) : null;
    },
  };
}

/** Lost, out of memory, or torn down under a pending read-back: the work can be done elsewhere. */
function isDeviceTrouble(error: unknown): boolean {
  if (error instanceof DeviceLostError) return true;
  if (isExplained(error) || !(error instanceof Error)) return false;
  if (error instanceof DOMException) {
    return ['AbortError', 'OperationError', 'InvalidStateError'].includes(error.name);
  }
  const outOfMemory = /out.?of.?memory|allocation failed/i;
  return outOfMemory.test(error.name) || outOfMemory.test(error.message);
}
