/** Which of the models that arrive are ones the recipe waits for, and what the others are called. */
import type { Handle } from '../engine/protocol.ts';
import { freeName, lastOf, plainName } from '../recipe/model-name.ts';
import type { ModelRef, Recipe } from '../recipe/recipe.ts';
import { modelsOf } from '../recipe/series.ts';
import type { Candidate } from '../stores/dropped.ts';
import { fingerprintOf } from '../stores/fingerprint.ts';
import type { ModelsState } from '../stores/models.ts';

export type Arrival = Candidate & {
  /** Null where it could not be read. */
  readonly fingerprint: string | null;
};

export type Admitted = {
  readonly ref: ModelRef;
  readonly arrival: Arrival;
  /**
   * The recipe waited for it; `changed` where its weights are not those that the recipe was made with, `name` where
   * it knew nothing but the name.
   */
  readonly fills: 'as it was' | 'changed' | 'name' | null;
};

export function arrivalsOf(candidates: readonly Candidate[]): Promise<readonly Arrival[]> {
  return Promise.all(
    candidates.map(async (candidate) => ({
      ...candidate,
      fingerprint: await fingerprintOf(
        candidate.handles.slice(0, candidate.weights.length).flatMap(fileOf),
      ),
    })),
  );
}

const fileOf = (handle: Handle): File[] => (handle.kind === 'file' ? [handle.file] : []);

/** Models of this computer that the recipe, or its series, names and the page does not have. */
export function awaitedBy(recipe: Recipe, slots: ModelsState['slots']): readonly ModelRef[] {
  return modelsOf(recipe).filter(
    ({ id, origin }) => origin === 'local' && (!slots[id] || slots[id].status.kind === 'failed'),
  );
}

/**
 * A model whose weights the recipe waits for takes its place, whatever it is called and in whatever order it
 * comes; then one with the name and the bytes of an awaited one does, or with the name of one whose bytes nobody
 * knows. Others are new.
 */
export function admit(
  arrivals: readonly Arrival[],
  recipe: Recipe,
  slots: ModelsState['slots'],
): readonly Admitted[] {
  const waiting = new Set(awaitedBy(recipe, slots));
  const filled = new Map<Arrival, Admitted>();
  const fill = (isIt: (ref: ModelRef, arrival: Arrival) => boolean) => {
    for (const arrival of arrivals) {
      const ref = filled.has(arrival) ? null : [...waiting].find((each) => isIt(each, arrival));
      if (!ref) continue;
      waiting.delete(ref);
      filled.set(arrival, filling(ref, arrival));
    }
  };
  const isIt = (ref: ModelRef, { fingerprint }: Arrival) =>
    fingerprint !== null && ref.fingerprint === fingerprint;
  const isNamed = (ref: ModelRef, { name, bytes }: Arrival) =>
    [ref.name, plainName(ref.name)].includes(name) && ref.bytes === bytes;
  fill((ref, arrival) => isIt(ref, arrival) && isNamed(ref, arrival));
  fill(isIt);
  fill(isNamed);
  fill(({ name, bytes }, arrival) => bytes === 0 && lastOf(name) === lastOf(arrival.name));
  const members = modelsOf(recipe);
  const ids = new Set([...Object.keys(slots), ...members.map(({ id }) => id)]);
  const names = new Set(members.map(({ name }) => name));
  return arrivals.map((arrival) => filled.get(arrival) ?? newcomer(arrival, ids, names));
}

function filling(ref: ModelRef, arrival: Arrival): Admitted {
  const { fingerprint, bytes } = arrival;
  if (ref.bytes === 0) {
    return {
      ref: { ...ref, bytes, ...(fingerprint ? { fingerprint } : {}) },
      arrival,
      fills: 'name',
    };
  }
  const isKnown = fingerprint === null || ref.fingerprint === undefined;
  if (isKnown || ref.fingerprint === fingerprint) return { ref, arrival, fills: 'as it was' };
  return { ref: { ...ref, fingerprint }, arrival, fills: 'changed' };
}

function newcomer(arrival: Arrival, ids: Set<string>, names: Set<string>): Admitted {
  const { bytes, fingerprint } = arrival;
  const name = freeName(arrival.name, names);
  const id = freeId(arrival.name, ids);
  ids.add(id);
  names.add(name);
  const ref = { id, name, origin: 'local', bytes } as const;
  return { ref: fingerprint === null ? ref : { ...ref, fingerprint }, arrival, fills: null };
}

function freeId(name: string, taken: ReadonlySet<string>): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-') || 'model';
  for (let n = 1; ; n++) {
    const id = n === 1 ? `local-${slug}` : `local-${slug}-${n}`;
    if (!taken.has(id)) return id;
  }
}
