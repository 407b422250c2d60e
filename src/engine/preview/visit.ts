/** Goes over the tensors that stand for a plan, with their samples read ahead, and together where they lie together. */
import { bytesPerElement } from '../../numerics/dtype.ts';
import { isComputedPlane, planesOf, spansOfPlane } from '../../plan/planes.ts';
import type { PlaneRef, Span } from '../../plan/types.ts';
import type { Run } from '../../views/sampling.ts';
import type { Sources } from '../library/sources.ts';
import { joinedReads } from '../tensor/joined-reads.ts';
import type { Picked } from './selection.ts';
import type { Tools } from './tools.ts';

/** Tensors whose samples are being read before their turn. */
const ahead = 12;
/** Tensors whose samples are looked through for neighbours. */
const group = 256;
/** Bytes of an input of a computed plane that is read with its neighbours: a run of elements takes most of it anyway. */
const small = 64 * 1024;
/** Milliseconds after which whatever waits for this thread has its turn: to be cancelled, above all. */
const turn = 40;

/** One after the other in their order. */
export async function* visit(
  picked: readonly Picked[],
  tools: Tools,
): AsyncGenerator<Picked, void, undefined> {
  let last = performance.now();
  let begun = 0;
  let sources = tools.sources;
  for (const [done, each] of picked.entries()) {
    tools.signal.throwIfAborted();
    for (; begun < Math.min(picked.length, done + ahead); begun++) {
      if (begun % group === 0) sources = together(picked.slice(begun, begun + group), tools);
      begin(picked[begun], { ...tools, sources });
    }
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

/** For what was not sampled yet. Two groups may be under way, each with a quarter of the budget. */
function together(picked: readonly Picked[], { sources, samples, budget, signal }: Tools): Sources {
  const spans = picked.flatMap(({ subject, runs }) =>
    subject.merges.flatMap(({ merge }) =>
      planesOf(merge)
        .filter((plane) => !samples.has(plane, runs(merge)))
        .flatMap((plane) => spansOfRuns(plane, runs(merge))),
    ),
  );
  return spans.length === 0 ? sources : joinedReads(spans, sources, budget / 4, signal);
}

function spansOfRuns(plane: PlaneRef, runs: readonly Run[]): readonly Span[] {
  if (isComputedPlane(plane)) return plane.inputs.filter(({ begin, end }) => end - begin <= small);
  const size = bytesPerElement(plane.dtype);
  return runs.flatMap(([from, to]) =>
    spansOfPlane({ ...plane, begin: plane.begin + from * size, end: plane.begin + to * size }),
  );
}
