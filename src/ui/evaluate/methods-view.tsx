import { useMemo, useState } from 'react';
import type { Task } from '../../evaluate/tasks/task.ts';
import { worded } from '../../evaluate/tasks/worded.ts';
import { electionSteps, methodsToCompare } from '../../recipe/candidates.ts';
import { dialsOf, dialValue } from '../../recipe/dials.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { noteLineage } from '../../stores/lineages.ts';
import { candidateOf, scoredOf } from '../../stores/scores.ts';
import { session, useModels, useRecipe } from '../../stores/use-session.ts';
import { csv } from '../kit/csv.ts';
import { SelectField } from '../kit/select-field.tsx';
import { tableText } from './documents.ts';
import { chosenLineage } from './lineage.ts';
import { averageOf, ranked } from './ranked.ts';
import { Refusals } from './refusals.tsx';
import { linesOf, rowsOf, type ScoreRow, stageOf, toScore } from './rows.ts';
import { SaveMenu } from './save-menu.tsx';
import { ScoresTable } from './scores-table.tsx';
import { useScored } from './use-scored.ts';
import { Working } from './working.tsx';
import '../compare/compare.css';

/** The other half judges what is chosen here. */
const extent = { part: 'search', most: 100 } as const;

const asItIs = 'The recipe as it is';

const lists = [
  ['methods', 'All methods that take these models'],
  ['election', 'Trim and elect, step by step'],
] as const;
type List = (typeof lists)[number][0];

/** Density of a trim where the recipe has none: Yadav et al. 2023 keep a fifth. */
const usualDensity = 0.2;

/** What other recipes of the same models score, the best first. */
export function MethodsView() {
  const [list, setList] = useState<List>('methods');
  const recipe = useRecipe((all) => all.recipe);
  const slots = useModels((all) => all.slots);
  const { tasks, known, refused, score } = useScored();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what a candidate is depends on the models that are open
  const { base, candidates } = useMemo(
    () => ({
      base: scoredOf(session).filter(({ role }) => role === 'base'),
      candidates: candidatesOf(list, recipe),
    }),
    [list, recipe, slots],
  );
  const these = [...base, ...candidates.map(({ of }) => of)];
  const rows = rowsOf(these, tasks, extent, known, refused);
  const merges = ranked(rows.filter(({ role }) => role === 'merge'));
  const shown = [...rows.filter(({ role }) => role === 'base'), ...merges];
  const stage = stageOf(rows);
  const hasSome = rows.some(({ scores }) => scores.some(Boolean));
  const asideOf = (row: ScoreRow) => {
    const candidate = candidates.find(({ of }) => of.key === row.key);
    return (
      <>
        {row.role === 'merge' && <Average row={row} />}
        {candidate && candidate.recipe !== recipe && row.failure === null && (
          <button
            type="button"
            className="compare-use"
            aria-label={`Use this recipe: ${row.title}`}
            onClick={() => {
              adopt(candidate.recipe, row.title);
              note(candidate.recipe, row, merges, tasks);
            }}
          >
            Use this recipe
          </button>
        )}
      </>
    );
  };
  return (
    <>
      <p className="conflicts-verdict" role="status">
        {verdict(merges)}
      </p>
      <div className="evaluate-tools">
        <SelectField label="Compare" options={lists} value={list} onChange={setList} />
        <Working
          label={toScore(stage, 'Compare')}
          isDisabled={tasks.length === 0 || candidates.length === 0 || stage === 'all'}
          onStart={() => score({ these, extent })}
        />
        {hasSome && (
          <SaveMenu
            name={list}
            csv={() => csv(linesOf(shown, tasks))}
            json={(each) => tableText('methods', recipe, tasks, shown, each)}
          />
        )}
      </div>
      <p className="param-help">
        {list === 'methods'
          ? 'Every method with its own defaults, beside the recipe as it is.'
          : 'What each step adds: the mean of all changes, of what trim leaves, of what wins the election, and the whole.'}{' '}
        Up to 100 items of each task’s search half: score what you choose on the held-out half,
        under Scores, before believing it.
      </p>
      <div className="evaluate-list">
        <ScoresTable rows={shown} tasks={tasks} asideOf={asideOf} />
      </div>
      <Refusals rows={rows} />
    </>
  );
}

/** The recipe as it is, and what is to stand beside it; of two that make the same, the first. */
function candidatesOf(list: List, recipe: Recipe) {
  const compared = list === 'methods' ? methodsToCompare(recipe) : stepsOf(recipe);
  const all = [{ title: asItIs, recipe }, ...compared].map((each) => ({
    ...each,
    of: candidateOf(session, each.recipe, each.title),
  }));
  return all.filter(({ of }, at) => all.findIndex((other) => other.of.key === of.key) === at);
}

function stepsOf(recipe: Recipe) {
  const dials = dialsOf(recipe);
  const numberOf = (key: string) => {
    const dial = dials.find((each) => each.key === key);
    return dial ? dialValue(recipe, dial) : null;
  };
  const density = numberOf('density');
  const isTrimmed = density !== null && density < 1;
  return electionSteps(recipe, isTrimmed ? density : usualDensity, numberOf('lambda') ?? 1);
}

function Average({ row }: { readonly row: ScoreRow }) {
  const average = averageOf(row);
  if (average === null) return null;
  return <span className="scores-kind number">{averageWorded(average)} on average</span>;
}

function averageWorded({ kind, value }: NonNullable<ReturnType<typeof averageOf>>): string {
  if (kind === 'share') return worded('exact', value);
  return kind === 'loss'
    ? `${value.toFixed(3)} nats a token`
    : `a correlation of ${value.toFixed(3)}`;
}

function verdict(merges: readonly ScoreRow[]): string {
  const [best] = merges;
  const average = best ? averageOf(best) : null;
  if (average === null) return 'What would other recipes make of the same models? Ask them all.';
  const count = merges.filter((row) => averageOf(row) !== null).length;
  return `Of ${count} recipes, ${best.title} scores best on the search half: ${averageWorded(average)} on average.`;
}

/** One step of undo. */
function adopt(recipe: Recipe, title: string): void {
  session.recipe.getState().replace(recipe);
  session.view.getState().tell(`The recipe is ${title} now.`, true);
}

/** For the model card of a merge by the recipe that was chosen. */
function note(
  recipe: Recipe,
  chosen: ScoreRow,
  merges: readonly ScoreRow[],
  tasks: readonly Task[],
): void {
  const told = (row: ScoreRow | undefined) => {
    const average = row ? averageOf(row) : null;
    return average && `${averageWorded(average)} on average`;
  };
  const after = told(chosen);
  if (after === null) return;
  const count = merges.filter((row) => averageOf(row) !== null).length;
  const how = `Comparison of ${count} recipes, of which ${chosen.title} was taken`;
  const before = told(merges.find(({ title }) => title === asItIs));
  noteLineage(recipe, chosenLineage(how, tasks, extent.most, [before, after]));
}
