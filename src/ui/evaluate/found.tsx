import { memo, useEffect, useMemo } from 'react';
import { linesOf, rowsOf } from '../../evaluate/search/rows.ts';
import type { Tried } from '../../evaluate/search/step.ts';
import { barrierOf } from '../../evaluate/search/sweep.ts';
import { gainOf, verdictOf } from '../../evaluate/tasks/compare.ts';
import { lossWorded, worded } from '../../evaluate/tasks/worded.ts';
import { canonicalJson } from '../../recipe/canonical.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { noteLineage } from '../../stores/lineages.ts';
import { askedOf, type Judged, type Search } from '../../stores/search.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { csv } from '../kit/csv.ts';
import { BestNumbers } from './best-numbers.tsx';
import { searchText } from './documents.ts';
import { verdictOn } from './judgement.ts';
import { searchLineage } from './lineage.ts';
import { SaveMenu } from './save-menu.tsx';
import { SearchPlots } from './search-plots.tsx';
import { averaged, unitOfSearch } from './search-words.ts';
import { useSearch } from './use-search.ts';

/** What a search has found so far. */
export function Found() {
  const { search, isLooking } = useSearch();
  const recipe = useRecipe((state) => state.recipe);
  const verdict = useMemo(() => (search ? verdictOn(search) : ''), [search]);
  const last = search?.steps.at(-1);
  useNoted(search, recipe);
  if (!search || !last) return null;
  const { steps, plan, judged, ended } = search;
  const { best } = last;
  return (
    <>
      <p className="conflicts-verdict" role="status">
        {plan.kind === 'line' ? basin(search) : `${toldOf(search)}${verdict}`}
      </p>
      {!isLooking && (
        <div className="evaluate-tools">
          {plan.kind !== 'line' && best && !isWhereItBegan(search) && !isRecipe(best, recipe) && (
            <Button look="primary" onPress={() => adopt(best)}>
              Use the best recipe
            </Button>
          )}
          <SaveSteps name="search" search={search} />
        </div>
      )}
      {judged.length > 0 && <JudgedTable judged={judged} />}
      {typeof ended?.by === 'string' && (
        <p className="param-help">
          It ended after {steps.length} candidates: {ended.by}
        </p>
      )}
      {last.note && isLooking && <p className="param-help">{last.note}</p>}
      <LeftOut search={search} />
      <SearchPlots search={search} />
      {plan.kind === 'evolve' && best && (
        <BestNumbers plan={plan} start={search.start} best={best} />
      )}
      {typeof ended?.by === 'object' && (
        <ol className="search-log">
          {ended.by.log.map(({ model, taken, why, before, after }) => (
            <li key={model}>
              {model}: {taken ? 'taken' : 'left out'}, {why} (
              {before === null ? '' : `${lossWorded(unitOfSearch(search), before)} → `}
              {lossWorded(unitOfSearch(search), after)})
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** For the model card of a merge by what was found: once it is the recipe, and again when it is judged. */
function useNoted(search: Search | null, recipe: Recipe): void {
  useEffect(() => {
    const best = search?.steps.at(-1)?.best;
    if (!search || !best || isWhereItBegan(search) || !isRecipe(best, recipe)) return;
    const lineage = searchLineage(search);
    if (lineage) noteLineage(recipe, lineage);
  }, [search, recipe]);
}

/** All that was tried, for other programs. */
export function SaveSteps({ name, search }: { readonly name: string; readonly search: Search }) {
  return (
    <SaveMenu
      name={name}
      csv={() => csv(linesOf(rowsOf(search.steps)))}
      json={(each) => searchText(session.recipe.getState().recipe, search, each)}
      hasAnswers={search.judged.length > 0}
    />
  );
}

/** Tasks that were not asked, and why. */
export function LeftOut({ search }: { readonly search: Search }) {
  const asked = askedOf(search);
  const left = search.tasks.filter((task) => !asked.includes(task));
  if (left.length === 0) return null;
  return (
    <p className="param-help">
      Left out: {left.map(({ title }) => title).join(', ')}. These models are not able to{' '}
      {left.length === 1 ? 'it' : 'them'}, or there are too few items to hold half of them out.
    </p>
  );
}

const JudgedTable = memo(function JudgedTable({ judged }: { readonly judged: readonly Judged[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="delta-scroll" tabIndex={0} aria-label="On the held-out half">
      <table className="delta-table number">
        <thead>
          <tr>
            <th scope="col">Held-out half</th>
            <th scope="col">Begun from</th>
            <th scope="col">Best found</th>
            <th scope="col">Loss</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {judged.map(({ task, before, after }) => (
            <tr key={task.id}>
              <th scope="row">{task.title}</th>
              <td>{worded(task.kind, before.mean ?? Number.NaN)}</td>
              <td>{worded(task.kind, after.mean ?? Number.NaN)}</td>
              <td>
                {before.loss !== null && after.loss !== null
                  ? `${before.loss.toFixed(3)} → ${after.loss.toFixed(3)}`
                  : '–'}
              </td>
              <td>{verdictOf(gainOf(task, after, before))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
});

function toldOf(search: Search): string {
  const { best, done } = search.steps.at(-1)!;
  if (!best) return `None of ${done} candidates could be scored.`;
  const found = lossWorded(unitOfSearch(search), best.result.objective);
  if (isWhereItBegan(search)) {
    return `None of ${done} tried is better than where it began, with ${found} on the search half${averaged(search)}.`;
  }
  return `Of ${done} tried, the best has ${found} on the search half${averaged(search)}.`;
}

function basin(search: Search): string {
  const { steps, plan, ended } = search;
  if (plan.kind !== 'line' || !ended) return 'Is there a hill between the two models?';
  const barrier = barrierOf(
    steps.map(({ candidate, result }) => ({ t: candidate.values.t, loss: result.objective })),
  );
  if (!barrier)
    return 'A point of the line could not be scored, so nothing can be said of a barrier.';
  const unit = unitOfSearch(search) === 'nats a token' ? 'nats a token' : 'of correlation';
  return barrier.height === 0
    ? 'No barrier: the loss nowhere rises above the straight line between the two models.'
    : `The barrier is ${barrier.height.toFixed(4)} ${unit}, at ${Math.round(100 * barrier.t)} % of the way: the higher it is, the less the two lie in one basin.`;
}

function isWhereItBegan({ plan, steps }: Search): boolean {
  if (plan.kind !== 'evolve' || plan.begin !== 'recipe') return false;
  return steps.length > 1 && steps.at(-1)!.best?.candidate === steps[0].candidate;
}

const isRecipe = ({ candidate }: Tried, recipe: Recipe) =>
  canonicalJson(candidate.recipe) === canonicalJson(recipe);

/** One step of undo. */
export function adopt({ candidate }: Tried): void {
  session.recipe.getState().replace(candidate.recipe);
  session.view.getState().tell(`The recipe is the best that was found: ${candidate.title}.`, true);
}
