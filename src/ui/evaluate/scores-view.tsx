import { type Extent, scoredOf } from '../../stores/scores.ts';
import { session, useModels, useRecipe } from '../../stores/use-session.ts';
import { csv } from '../kit/csv.ts';
import { SelectField } from '../kit/select-field.tsx';
import { tableText } from './documents.ts';
import { KeptScores } from './kept-scores.tsx';
import { Refusals } from './refusals.tsx';
import { linesOf, rowsOf, type ScoreRow, stageOf, toScore } from './rows.ts';
import { SaveMenu } from './save-menu.tsx';
import { ScoresTable } from './scores-table.tsx';
import { TasksPanel } from './tasks-panel.tsx';
import { type ScoredState, useScored } from './use-scored.ts';
import { verdict } from './verdict.ts';
import { Working } from './working.tsx';

const extents: readonly (readonly [id: string, label: string, extent: Extent])[] = [
  ['quick', 'up to 100 of the held-out half', { part: 'held-out', most: 100 }],
  ['held-out', 'the held-out half', { part: 'held-out', most: null }],
  ['all', 'all of them', { part: 'all', most: null }],
];

/** Base, experts and merge on all tasks, side by side. */
export function ScoresView() {
  const state = useScored();
  useRecipe((all) => all.recipe);
  useModels((all) => all.slots);
  const { tasks, extent, known, refused } = state;
  const rows = rowsOf(scoredOf(session), tasks, extent, known, refused);
  return (
    <>
      <p className="conflicts-verdict" role="status">
        {verdict(rows, tasks)}
      </p>
      <p className="param-help">
        Every model answers the same prompts, in this page: nothing leaves it. The merge is made in
        memory, with the bytes that it would have on disk.
      </p>
      <Tools state={state} rows={rows} />
      <ScoresTable rows={rows} tasks={tasks} />
      <Refusals rows={rows} />
      <TasksPanel tasks={tasks} />
      <KeptScores count={known.size} />
    </>
  );
}

/** How many are asked, and the button; while they are, how far that has come. */
function Tools({
  state,
  rows,
}: {
  readonly state: ScoredState;
  readonly rows: readonly ScoreRow[];
}) {
  const { tasks, extent } = state;
  const chosen = extents.find(
    ([, , { part, most }]) => part === extent.part && most === extent.most,
  );
  const stage = stageOf(rows);
  const hasSome = rows.some(({ scores }) => scores.some(Boolean));
  return (
    <div className="evaluate-tools">
      <SelectField
        label="Of each task ask"
        options={extents.map(([id, label]) => [id, label])}
        value={chosen?.[0] ?? 'all'}
        onChange={(id) => state.setExtent(extents.find(([each]) => each === id)![2])}
      />
      <Working
        label={toScore(stage, 'Score')}
        isDisabled={tasks.length === 0 || stage === 'all'}
        onStart={() => state.score()}
      />
      {hasSome && (
        <SaveMenu
          name="scores"
          csv={() => csv(linesOf(rows, tasks))}
          json={(each) => tableText('scores', session.recipe.getState().recipe, tasks, rows, each)}
        />
      )}
    </div>
  );
}
