/** Whom a mergekit recipe names, among the models that are open. */
import { lastOf } from '../model-name.ts';
import type { ModelRef } from '../recipe.ts';
import type { Place } from './located.ts';
import type { Half } from './reference.ts';
import type { Remarks } from './remarks.ts';

/** Finds models by their names, those of the demo by their whole names only; those that nobody is called are awaited under theirs. */
export class Meeting {
  readonly #open: readonly ModelRef[];
  readonly #results: ReadonlyMap<string, ModelRef>;
  readonly #met = new Map<string, ModelRef>();

  /** `results` of other recipes go before what is open, by their whole names. */
  constructor(open: readonly ModelRef[], results: ReadonlyMap<string, ModelRef> = new Map()) {
    this.#open = open;
    this.#results = results;
  }

  /** Whether nobody is called so. */
  awaits({ id, origin }: ModelRef): boolean {
    return origin !== 'result' && this.#open.every((ref) => ref.id !== id);
  }

  /** The same model for the same name, and another for another. */
  ref({ path, revision }: Half, at: Place, remarks: Remarks): ModelRef {
    const key = `${path}@${revision ?? ''}`;
    const before = this.#met.get(key);
    if (before) return before;
    const taken = new Set([...this.#met.values()].map(({ id }) => id));
    const free = this.#open.filter(({ id }) => !taken.has(id));
    const found =
      this.#results.get(path) ??
      free.find((ref) => ref.name === path || ref.hub?.repo === path) ??
      only(free.filter(({ name, origin }) => origin !== 'demo' && lastOf(name) === lastOf(path)));
    const ref = found ?? awaited(path, new Set([...taken, ...this.#open.map(({ id }) => id)]));
    const commit = ref.hub?.commit;
    if (commit && revision && revision !== 'main' && !commit.startsWith(revision)) {
      remarks.add(
        'note',
        at,
        `${path} is open at commit ${commit.slice(0, 7)}, the recipe names ${revision}.`,
      );
    }
    this.#met.set(key, ref);
    return ref;
  }
}

const only = <T>(all: readonly T[]): T | undefined => (all.length === 1 ? all[0] : undefined);

/** A model of which nothing is known but its name. */
function awaited(path: string, taken: ReadonlySet<string>): ModelRef {
  const slug =
    path
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'model';
  for (let n = 1; ; n++) {
    const id = n === 1 ? `awaited-${slug}` : `awaited-${slug}-${n}`;
    if (!taken.has(id)) return { id, name: path.slice(0, 200), origin: 'local', bytes: 0 };
  }
}
