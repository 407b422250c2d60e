import type { Source } from '../../io/source.ts';
import { isComputedPlane, spansOfPlane } from '../../plan/planes.ts';
import type { PlaneRef, Span } from '../../plan/types.ts';
import { type Sources, weightsKey } from '../library/sources.ts';

type Held = {
  readonly begin: number;
  readonly end: number;
  readonly bytes: Promise<Uint8Array<ArrayBuffer>>;
  /** Planes that have not asked for it yet. */
  left: number;
};

/**
 * Sources for one block, in which what several planes are made of is read once: adapters share the weight that
 * they are added to with each other and with the base's own plane. Bytes are held until each of them asked.
 * Planes that lie in files are to be asked for first: what others need is then taken from their place.
 */
export function sharedReads(refs: readonly PlaneRef[], sources: Sources): Sources {
  const shared = spansOfSeveral(refs);
  if (shared.length === 0) return sources;
  const held = new Map<string, Held[]>();
  return {
    companion: (model, name) => sources.companion(model, name),
    weights(model, file) {
      const source = sources.weights(model, file);
      const mine = shared.filter((span) => span.model === model && span.file === file);
      if (mine.length === 0) return source;
      const key = weightsKey(model, file);
      const list = held.get(key) ?? [];
      held.set(key, list);
      return { ...source, read: (...ask) => readOnce(list, mine, source, ...ask) };
    },
  };
}

type Shared = Span & { readonly planes: number };

/** Inputs of computed planes that two planes at least are made of. */
function spansOfSeveral(refs: readonly PlaneRef[]): readonly Shared[] {
  // Rows are read from wherever they lie: hardly ever the same ranges twice.
  const inputs = refs.flatMap((ref) =>
    isComputedPlane(ref) && ref.formula.kind !== 'rows' ? ref.inputs : [],
  );
  const distinct = new Map(
    inputs.map((span) => [`${span.model} ${span.file} ${span.begin}`, span] as const),
  );
  return [...distinct.values()].flatMap((span) => {
    const planes = refs.filter((ref) => spansOfPlane(ref).some((one) => meets(one, span))).length;
    return planes > 1 ? [{ ...span, planes }] : [];
  });
}

const meets = (a: Span, b: Span) =>
  a.model === b.model && a.file === b.file && a.begin < b.end && b.begin < a.end;

async function readOnce(
  held: Held[],
  shared: readonly Shared[],
  source: Source,
  begin: number,
  end: number,
  signal?: AbortSignal,
  into?: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const known = held.find((one) => one.begin <= begin && end <= one.end);
  if (known) {
    // A range that others take pieces of stays: it is a plane of the block itself.
    if (known.begin === begin && known.end === end && --known.left === 0) {
      held.splice(held.indexOf(known), 1);
    }
    const bytes = await known.bytes;
    return bytes.subarray(begin - known.begin, end - known.begin);
  }
  const of = shared.find((span) => span.begin <= begin && end <= span.end);
  if (!of) return source.read(begin, end, signal, into);
  const bytes = source.read(begin, end, signal, into).then((read) => {
    if (into === undefined || read === into) return read;
    into.set(read);
    return into;
  });
  held.push({ begin, end, bytes, left: of.planes - 1 });
  return bytes;
}
