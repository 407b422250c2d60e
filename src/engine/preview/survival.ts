/** What a merge leaves of each task vector, from the samples that a scan looks at: its method merges them. */
import { findMethod } from '../../methods/registry.ts';
import { placeOf } from '../../plan/groups.ts';
import type { MergePart, Plan } from '../../plan/types.ts';
import { elementsIn, type Run } from '../../views/sampling.ts';
import { packedSurvived, Remains, type Survival } from '../../views/survival.ts';
import { deltasOf } from './deltas.ts';
import { byExpert, type Lens } from './eye.ts';
import { sampleSeen } from './look.ts';
import { pooledMagnitudes } from './pooled.ts';
import { groupOrder } from './scan.ts';
import { type Most, selectionOf } from './selection.ts';
import { type Subject, subjectsOf } from './subjects.ts';
import type { Tools } from './tools.ts';
import { visit } from './visit.ts';

/** How much is looked at for a report, and what the run knows already. */
export type Glance = {
  readonly most: Most;
  /** By expert: where one trim threshold holds for the whole model, that; else null. */
  readonly magnitudes: readonly number[] | null;
};

/**
 * @param plan what is merged
 * @param seen the same as task vectors, where the method computes without a base; else the same plan
 */
export async function survivalOf(
  plan: Plan,
  seen: Plan,
  experts: readonly string[],
  tools: Tools,
  glance: Glance | null = null,
): Promise<Survival> {
  const selection = selectionOf(seen, tools, glance?.most);
  const { grid, picked } = selection;
  const magnitudes = glance ? glance.magnitudes : await pooledMagnitudes(plan, selection, tools);
  const lens: Lens = { method: findMethod(plan.method)!, arithmetic: plan.arithmetic, magnitudes };
  const merged = new Map(subjectsOf(plan).map((subject) => [subject.tensor, subject]));
  const remains = () => new Remains(experts.length);
  const whole = remains();
  const layers = grid.rows.map(remains);
  const groups = new Map<string, Remains>();
  const names: string[] = [];
  const values: number[] = [];
  let sampled = 0;
  for await (const { subject, row, stratum, runs: runsOf } of visit(picked, tools)) {
    const one = remains();
    for (const [m, { merge }] of subject.merges.entries()) {
      const own = merged.get(subject.tensor)?.merges[m]?.merge;
      if (merge.elementCount === 0 || own?.elementCount !== merge.elementCount) continue;
      const runs = runsOf(merge);
      sampled += elementsIn(runs);
      await take(one, subject, { merge, own }, experts.length, runs, lens, tools);
    }
    if (one.elements === 0) continue;
    const { group } = placeOf(subject.tensor);
    const ofGroup = groups.get(group) ?? remains();
    groups.set(group, ofGroup);
    for (const each of [whole, ofGroup, layers[row]]) each.add(one, stratum.standsFor);
    names.push(subject.tensor);
    values.push(...packedSurvived(one.survived()));
  }
  return {
    models: experts,
    elements: whole.elements,
    sampled,
    tensorsMerged: selection.tensors,
    tensorsSampled: names.length,
    whole: whole.survived(),
    groups: groupOrder.flatMap((name) => {
      const of = groups.get(name);
      return of ? [{ name, ...of.survived() }] : [];
    }),
    layers: layers.flatMap((of, i) =>
      of.elements > 0 ? [{ name: grid.rows[i], ...of.survived() }] : [],
    ),
    tensors: { names, values: Float64Array.from(values) },
  };
}

type Two = {
  /** As task vectors, and as it is merged. */
  readonly merge: MergePart;
  readonly own: MergePart;
};

async function take(
  remains: Remains,
  subject: Subject,
  { merge, own }: Two,
  experts: number,
  runs: readonly Run[],
  lens: Lens,
  tools: Tools,
): Promise<void> {
  const deltas = await deltasOf(subject, merge, runs, tools);
  const all = byExpert(deltas.own, merge.ordinals, experts);
  const { eye, x, base } = await sampleSeen(subject, own, runs, lens, tools);
  const result = eye.merged(x, base, 0);
  remains.take(all, result, deltas.base, merge.elementCount / elementsIn(runs));
}
