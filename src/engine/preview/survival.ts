/** What a merge leaves of each task vector, from the samples that a scan looks at: its method merges them. */
import { placeOf } from '../../plan/groups.ts';
import type { Ledger } from '../../views/ledger.ts';
import { packedSurvived, Remains, type Survival, survivalErrors } from '../../views/survival.ts';
import { type Glance, mergedSamples, type TwoPlans } from './merged-samples.ts';
import { groupOrder } from './scan.ts';
import { type Picked, type Stratum, selectionOf } from './selection.ts';
import type { Tools } from './tools.ts';

export async function survivalOf(
  plans: TwoPlans,
  experts: readonly string[],
  tools: Tools,
  glance: Glance | null = null,
): Promise<Survival> {
  const { grid, tensors } = selectionOf(plans.seen, tools, glance?.most);
  const remains = () => new Remains(experts.length);
  const whole = remains();
  const layers = grid.rows.map(remains);
  const groups = new Map<string, Remains>();
  const found = new Map<Picked, Remains>();
  const differing = new Map<Stratum, Ledger[]>();
  const errors = survivalErrors(experts.length);
  let sampled = 0;
  for await (const { of, changes, result, base, each, runs } of mergedSamples(
    plans,
    experts.length,
    tools,
    glance,
  )) {
    const one = found.get(of) ?? remains();
    found.set(of, one);
    errors.add(one.take(changes, result, base, each, runs), 1 / each, of.stratum.standsFor);
    sampled += result.length;
  }
  for (const [{ subject, row, stratum }, one] of found) {
    const { group } = placeOf(subject.tensor);
    const ofGroup = groups.get(group) ?? remains();
    groups.set(group, ofGroup);
    for (const each of [whole, ofGroup, layers[row]]) each.add(one, stratum.standsFor);
    if (stratum.picked === stratum.tensors) continue;
    differing.set(stratum, [...(differing.get(stratum) ?? []), one.sums]);
  }
  for (const [{ picked, tensors: of }, totals] of differing) errors.add(totals, picked / of);
  return {
    models: experts,
    elements: whole.elements,
    sampled,
    tensorsMerged: tensors,
    tensorsSampled: found.size,
    errors: errors.errors(whole.sums),
    whole: whole.survived(),
    groups: groupOrder.flatMap((name) => {
      const of = groups.get(name);
      return of ? [{ name, ...of.survived() }] : [];
    }),
    layers: layers.flatMap((of, i) =>
      of.elements > 0 ? [{ name: grid.rows[i], ...of.survived() }] : [],
    ),
    tensors: {
      names: [...found.keys()].map(({ subject }) => subject.tensor),
      values: Float64Array.from(
        [...found.values()].flatMap((one) => packedSurvived(one.survived())),
      ),
    },
  };
}
