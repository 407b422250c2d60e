/**
 * Model soups, Wortsman et al., ICML 2022 (arXiv:2203.05482): averages of fine-tunes of one task, of all of them, of those that
 * help, or with weights that were searched.
 */
import { soupOf } from '../../recipe/candidates.ts';
import { dialsOf } from '../../recipe/dials.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { type Evolution, evolve } from './evolve.ts';
import { uniqueNames } from './rows.ts';
import { spaceOf } from './space.ts';
import { type Candidate, type Searching, type Step, Trial, tryAll } from './step.ts';

/** What was decided of one model, in the order it was asked. */
export type Decision = {
  readonly model: string;
  readonly taken: boolean;
  /** Objective of the soup without it, null for the first; and with it. Lower is better. */
  readonly before: number | null;
  readonly after: number;
  /** For people. */
  readonly why: string;
};

export type GreedySoup = {
  /** Positions of the experts that were taken, the best first. */
  readonly taken: readonly number[];
  readonly log: readonly Decision[];
};

export const uniformSoup = (recipe: Recipe, searching: Searching): AsyncGenerator<Step> =>
  tryAll([soupCandidate(recipe, [...recipe.experts.keys()])], searching);

/**
 * Every model alone, then, from the best to the worst, each is taken into the soup if the soup does not get worse by it: the
 * paper's recipe 1. Models that cannot be scored are never taken. A RangeError where none can.
 */
export async function* greedySoup(
  recipe: Recipe,
  searching: Searching,
): AsyncGenerator<Step, GreedySoup> {
  const count = recipe.experts.length;
  const nameOf = (at: number) => recipe.experts[at].model.name;
  const trial = new Trial(searching, 2 * count - 1);
  const alone: number[] = [];
  const singles = Array.from({ length: count }, (_, at) => {
    return { candidate: soupCandidate(recipe, [at]), note: `${nameOf(at)} alone.` };
  });
  for await (const step of trial.each(singles)) {
    alone.push(step.result.objective);
    yield step;
  }
  const order = [...alone.keys()]
    .filter((at) => Number.isFinite(alone[at]))
    .sort((a, b) => alone[a] - alone[b] || a - b);
  if (order.length === 0) throw new RangeError('None of the models could be scored.');
  const taken = [order[0]];
  let present = alone[order[0]];
  const log: Decision[] = [...[decision(nameOf(order[0]), true, null, present, 'the best alone')]];
  for (const at of order.slice(1)) {
    const candidate = soupCandidate(recipe, [...taken, at]);
    const step = await trial.of(candidate);
    const after = step.result.objective;
    const helps = after <= present;
    const why = !helps
      ? 'the soup gets worse'
      : after < present
        ? 'the soup gets better'
        : 'the soup stays as good';
    log.push(decision(nameOf(at), helps, present, after, why));
    yield { ...step, note: `${nameOf(at)}: ${helps ? 'taken' : 'left out'}, ${why}.` };
    if (!helps) continue;
    taken.push(at);
    present = after;
  }
  return { taken, log };
}

const decision = (
  model: string,
  taken: boolean,
  before: number | null,
  after: number,
  why: string,
): Decision => ({ model, taken, before, after, why });

/** Weights from 0 to 1, of which only their shares count, by CMA-ES; it starts at the uniform soup. */
export function learnedSoup(recipe: Recipe, options: Evolution): AsyncGenerator<Step, string> {
  const soup = soupOf(
    recipe,
    [...recipe.experts.keys()],
    recipe.experts.map(() => 0.5),
  );
  const weights = dialsOf(soup).filter(
    ({ key, models }) => key === 'weight' && models.length === 1,
  );
  const wanted = weights.map((dial) => ({ dial, range: [0, 1] as const }));
  return evolve(spaceOf(soup, wanted, { kind: 'whole' }), options);
}

function soupCandidate(recipe: Recipe, experts: readonly number[]): Candidate {
  const all = uniqueNames(recipe.experts.map(({ model }) => model.name));
  const names = experts.map((at) => all[at]);
  const values = Object.fromEntries(all.map((name, at) => [name, Number(experts.includes(at))]));
  return {
    // The order of an average does not count.
    id: `soup ${[...experts].sort((a, b) => a - b).join(' ')}`,
    title: names.length === 1 ? `${names[0]} alone` : `soup of ${names.join(', ')}`,
    values,
    recipe: soupOf(recipe, experts),
  };
}
