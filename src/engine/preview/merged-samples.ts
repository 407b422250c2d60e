/** The samples that a scan looks at, as the merge has them: what each model changed, and what becomes of it. */
import { findMethod } from '../../methods/registry.ts';
import type { Plan } from '../../plan/types.ts';
import { elementsIn, type Run } from '../../views/sampling.ts';
import { deltasOf } from './deltas.ts';
import { byExpert, type Lens } from './eye.ts';
import { look, type Sight, sampleSeen, sightOf } from './look.ts';
import { pooledMagnitudes } from './pooled.ts';
import { type Most, type Picked, selectionOf } from './selection.ts';
import { subjectsOf } from './subjects.ts';
import type { Tools } from './tools.ts';
import { visit } from './visit.ts';

/** One merge on its sample. */
export type MergedSample = {
  readonly of: Picked;
  /** How many elements of its tensor each of the values stands for. */
  readonly each: number;
  /** Where they lie in their merge. */
  readonly runs: readonly Run[];
  /** Null where adapters are merged without one. */
  readonly base: Float32Array | null;
  /** By expert of the recipe: its task vector; zero where it does not have the tensor. */
  readonly changes: readonly Float32Array[];
  /** What the method makes of them, before it is rounded to the output's dtype; without a base the change alone. */
  readonly result: Float32Array;
  /** What trim or draw leaves, before weights. */
  left(): Sight | Promise<Sight>;
};

/** How much is looked at for a report, and what the run knows already. */
export type Glance = {
  readonly most: Most;
  /** By expert: where one trim threshold holds for the whole model, that; else null. */
  readonly magnitudes: readonly number[] | null;
};

/** Both plans of one recipe. */
export type TwoPlans = {
  /** What is merged. */
  readonly plan: Plan;
  /** The same as task vectors, where the method computes without a base; else the same plan. */
  readonly seen: Plan;
};

/**
 * Merges of one tensor come one after the other.
 *
 * @param experts how many the recipe has
 */
export async function* mergedSamples(
  { plan, seen }: TwoPlans,
  experts: number,
  tools: Tools,
  glance: Glance | null = null,
): AsyncGenerator<MergedSample, void, undefined> {
  const selection = selectionOf(seen, tools, glance?.most);
  const magnitudes = glance ? glance.magnitudes : await pooledMagnitudes(plan, selection, tools);
  const lens = lensOf(plan, magnitudes);
  const merged = new Map(subjectsOf(plan).map((subject) => [subject.tensor, subject]));
  for await (const of of visit(selection.picked, tools)) {
    const { subject } = of;
    for (const [m, { merge }] of subject.merges.entries()) {
      const own = merged.get(subject.tensor)?.merges[m]?.merge;
      if (merge.elementCount === 0 || own?.elementCount !== merge.elementCount) continue;
      const runs = of.runs(merge);
      const deltas = await deltasOf(subject, merge, runs, tools);
      const sample = await sampleSeen(subject, own, runs, lens, tools);
      const result = sample.eye.merged(sample.x, sample.base, 0);
      yield {
        of,
        each: merge.elementCount / elementsIn(runs),
        runs,
        base: deltas.base,
        changes: byExpert(deltas.own, merge.ordinals, experts),
        result,
        left: () =>
          plan.method === seen.method
            ? sightOf(sample)
            : look(subject, merge, runs, lensOf(seen, null), tools),
      };
    }
  }
}

function lensOf({ method, arithmetic }: Plan, magnitudes: Lens['magnitudes']): Lens {
  return { method: findMethod(method)!, arithmetic, magnitudes };
}
