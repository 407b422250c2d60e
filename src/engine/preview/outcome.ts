/** What a recipe makes of its models, from the samples that a scan looks at. */
import { findMethod } from '../../methods/registry.ts';
import { type Outcome, outcomeOf } from '../../views/outcome.ts';
import { Remains } from '../../views/survival.ts';
import { Tally } from '../../views/tally.ts';
import { heldBy } from './counted.ts';
import { weighed } from './eye.ts';
import { mergedSamples, type TwoPlans } from './merged-samples.ts';
import { ballotOf } from './scan.ts';
import { type Picked, selectionOf } from './selection.ts';
import type { Tools } from './tools.ts';

/** @param experts how many the recipe has */
export async function outcome(plans: TwoPlans, experts: number, tools: Tools): Promise<Outcome> {
  const { plan, seen } = plans;
  const ballot = ballotOf(plan.arithmetic);
  const remains = new Remains(experts);
  const tally = new Tally(experts);
  const tensors = new Set<Picked>();
  let sampled = 0;
  for await (const sample of mergedSamples(plans, experts, tools)) {
    const { of, changes, result, base } = sample;
    const each = sample.each * of.stratum.standsFor;
    tensors.add(of);
    sampled += result.length;
    remains.take(changes, result, base, each);
    const { left, ...weights } = await sample.left();
    const one = new Tally(experts);
    one.take(...weighed(left, weights, experts), heldBy(weights, ballot));
    tally.add(one, each);
  }
  return outcomeOf({
    remains,
    tally,
    sampled,
    tensorsMerged: selectionOf(seen, tools).tensors,
    tensorsSampled: tensors.size,
    votes: findMethod(plan.method)!.elects === true,
  });
}
