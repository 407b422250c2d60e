/** What a merge leaves of each task vector, from the samples that a scan looks at: its method merges them. */
import { findMethod } from '../../methods/registry.ts';
import { placeOf } from '../../plan/groups.ts';
import type { MergePart, Plan } from '../../plan/types.ts';
import { gridOf } from '../../views/grid.ts';
import { Ledger } from '../../views/ledger.ts';
import { elementsIn, type Run } from '../../views/sampling.ts';
import { type Survival, survivedOf } from '../../views/survival.ts';
import { deltasOf } from './deltas.ts';
import { byExpert, type Lens } from './eye.ts';
import { sampleSeen } from './look.ts';
import { pooledMagnitudes } from './pooled.ts';
import { groupOrder, runsOfAll } from './scan.ts';
import { type Subject, subjectsOf } from './subjects.ts';
import type { Tools } from './tools.ts';

/**
 * @param plan what is merged
 * @param seen the same as task vectors, where the method computes without a base; else the same plan
 */
export async function survivalOf(
  plan: Plan,
  seen: Plan,
  experts: readonly string[],
  tools: Tools,
): Promise<Survival> {
  const subjects = subjectsOf(seen);
  const runsFor = runsOfAll(subjects, tools);
  const magnitudes = await pooledMagnitudes(plan, subjects, runsFor, tools);
  const lens: Lens = { method: findMethod(plan.method)!, arithmetic: plan.arithmetic, magnitudes };
  const merged = new Map(subjectsOf(plan).map((subject) => [subject.tensor, subject]));
  const grid = gridOf(subjects.map(({ tensor }) => tensor));
  const ledger = () => new Ledger(experts.length + 2);
  const whole = ledger();
  const layers = grid.rows.map(ledger);
  const groups = new Map<string, Ledger>();
  let sampled = 0;
  for (const [i, subject] of subjects.entries()) {
    tools.signal.throwIfAborted();
    const { group } = placeOf(subject.tensor);
    const ofGroup = groups.get(group) ?? ledger();
    groups.set(group, ofGroup);
    for (const [m, { merge }] of subject.merges.entries()) {
      const own = merged.get(subject.tensor)?.merges[m]?.merge;
      if (merge.elementCount === 0 || own?.elementCount !== merge.elementCount) continue;
      const runs = runsFor(merge, i);
      sampled += elementsIn(runs);
      const one = ledger();
      await take(one, subject, { merge, own }, runs, lens, tools);
      for (const each of [whole, ofGroup, layers[grid.places[i].row]]) each.add(one);
    }
  }
  return {
    models: experts,
    elements: whole.elements,
    sampled,
    whole: survivedOf(whole),
    groups: groupOrder.flatMap((name) => {
      const of = groups.get(name);
      return of ? [{ name, ...survivedOf(of) }] : [];
    }),
    layers: layers.map((of, i) => ({ name: grid.rows[i], ...survivedOf(of) })),
  };
}

type Two = {
  /** As task vectors, and as it is merged. */
  readonly merge: MergePart;
  readonly own: MergePart;
};

async function take(
  ledger: Ledger,
  subject: Subject,
  { merge, own }: Two,
  runs: readonly Run[],
  lens: Lens,
  tools: Tools,
): Promise<void> {
  const count = elementsIn(runs);
  const deltas = await deltasOf(subject, merge, runs, tools);
  const experts = ledger.models - 2;
  const all = byExpert(deltas.own, merge.ordinals, experts);
  const { eye, x, base } = await sampleSeen(subject, own, runs, lens, tools);
  const result = eye.merged(x, base, 0);
  const change = deltas.base ? result.map((value, e) => value - deltas.base![e]) : result;
  const average = new Float32Array(count);
  for (const values of all) for (let e = 0; e < count; e++) average[e] += values[e] / experts;
  ledger.take([...all, change, average], deltas.base, merge.elementCount / count);
}
