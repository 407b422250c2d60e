/** How a recipe that is taken on was found, in the words of its model card. */
import type { Lineage } from '../../evaluate/search/lineage.ts';
import { estimateOf, gainOf, verdictOf } from '../../evaluate/tasks/compare.ts';
import type { TaskScore } from '../../evaluate/tasks/score.ts';
import type { Task } from '../../evaluate/tasks/task.ts';
import { between, lossWorded, worded } from '../../evaluate/tasks/worded.ts';
import { askedOf, type Search } from '../../stores/search.ts';
import { verdictOn } from './judgement.ts';
import { unitOfSearch } from './search-words.ts';

const names: Readonly<Record<Search['plan']['kind'], string>> = {
  evolve: 'CMA-ES',
  uniform: 'Uniform soup',
  greedy: 'Greedy soup',
  learned: 'Soup with learned weights',
  line: 'Line between two models',
  grid: 'Grid',
};

/** Numbers that are told by name; of more, how many. */
const mostNamed = 6;

/** Of its best so far; null where it has none. */
export function searchLineage(search: Search): Lineage | null {
  const { plan, steps, judged, most } = search;
  const best = steps.at(-1)?.best;
  if (!best) return null;
  const varied = Object.keys(best.candidate.values);
  const over = varied.length > mostNamed ? `${varied.length} numbers` : varied.join(', ');
  const told = (loss: number) => lossWorded(unitOfSearch(search), loss);
  // The first candidate of any other search is not the recipe that it began from.
  const isFirst = plan.kind === 'evolve' && plan.begin === 'recipe';
  return {
    how: `${names[plan.kind]}${over === '' ? '' : ` over ${over}`}: ${steps.length} candidates`,
    asked: askedWorded(askedOf(search), most),
    before: isFirst ? told(steps[0].result.objective) : null,
    after: told(best.result.objective),
    judged: judged.map(({ task, before, after }) => ({
      ...{ task: task.title, before: scoreWorded(task, before), after: scoreWorded(task, after) },
      verdict: verdictOf(gainOf(task, after, before)),
    })),
    verdict: verdictOn(search).trim() || null,
  };
}

/** Of what nobody judged on the other half. */
export function chosenLineage(
  how: string,
  tasks: readonly Task[],
  most: number,
  [before, after]: readonly [before: string | null, after: string],
): Lineage {
  return { how, asked: askedWorded(tasks, most), before, after, judged: [], verdict: null };
}

function askedWorded(tasks: readonly Task[], most: number): string {
  return `up to ${most} items of the search half of ${tasks.map(({ title }) => title).join(', ')}`;
}

function scoreWorded(task: Task, score: TaskScore): string {
  const { value, low, high } = estimateOf(task, score);
  return `${worded(task.kind, value)} (${between(task.kind, low, high)})`;
}
