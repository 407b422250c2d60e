/** Goes over the tensors that stand for a plan, with their samples read ahead. */
import { planesOf } from '../../plan/planes.ts';
import type { Picked } from './selection.ts';
import type { Tools } from './tools.ts';

/** Tensors whose samples are being read before their turn. */
const ahead = 12;
/** Milliseconds after which whatever waits for this thread has its turn: to be cancelled, above all. */
const turn = 40;

/** One after the other in their order. */
export async function* visit(
  picked: readonly Picked[],
  tools: Tools,
): AsyncGenerator<Picked, void, undefined> {
  let last = performance.now();
  let begun = 0;
  for (const [done, each] of picked.entries()) {
    tools.signal.throwIfAborted();
    for (; begun < Math.min(picked.length, done + ahead); begun++) begin(picked[begun], tools);
    yield each;
    tools.tell?.(done + 1, picked.length);
    if (performance.now() - last < turn) continue;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  }
}

/** A read that fails here fails again for whom it is for. */
function begin({ subject, runs }: Picked, { sources, samples, budget, signal }: Tools): void {
  const reader = { sources, tensor: subject.tensor, budget };
  for (const { merge } of subject.merges) {
    if (merge.elementCount === 0) continue;
    for (const plane of planesOf(merge)) {
      samples.read(plane, runs(merge), reader, signal).catch(() => {});
    }
  }
}
