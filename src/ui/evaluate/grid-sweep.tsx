import { useMemo, useState } from 'react';
import { lossWorded } from '../../evaluate/tasks/worded.ts';
import { canonicalJson } from '../../recipe/canonical.ts';
import { type Dial, dialValue, turnedTo } from '../../recipe/dials.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { noteLineage } from '../../stores/lineages.ts';
import type { Search } from '../../stores/search.ts';
import { type GridPlan, sweepsOf } from '../../stores/search-plan.ts';
import { session, useScores } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { counted, plain } from '../kit/format.ts';
import { SelectField } from '../kit/select-field.tsx';
import { LeftOut, SaveSteps } from './found.tsx';
import { cellsOf, type GridCell, leastOf, meanOfAll, shownOf } from './grid-cells.ts';
import { HeatMap } from './heat-map.tsx';
import { verdictOn } from './judgement.ts';
import { searchLineage } from './lineage.ts';
import { SearchControl } from './search-control.tsx';
import { averaged, unitOfSearch } from './search-words.ts';
import { grid, useGrid } from './use-search.ts';
import { acrossOf, type Choice } from './use-sweep.ts';
import './heat-map.css';

type GridSweepProps = {
  readonly recipe: Recipe;
  /** To the right, and upwards. */
  readonly dials: readonly [Dial, Dial];
  readonly choice: Choice;
  readonly isReady: boolean;
};

/** What the merge loses by two of its numbers. */
export function GridSweep({ recipe, dials, choice, isReady }: GridSweepProps) {
  const state = useGrid();
  const tasks = useScores((all) => all.tasks);
  const { search } = state;
  const alongOf = (dial: Dial) => {
    return { dial: dial.id, range: acrossOf(recipe, dial, choice), points: choice.gridPoints };
  };
  const plan: GridPlan = { kind: 'grid', along: [alongOf(dials[0]), alongOf(dials[1])] };
  const isShown = search?.plan.kind === 'grid' && search.steps.length > 0;
  return (
    <>
      {!isShown && (
        <p className="conflicts-verdict" role="status">
          Which {dials[0].label} and {dials[1].label} are best together for these tasks?{' '}
          {choice.gridPoints ** 2} merges are made in memory, corners first, then between them.
        </p>
      )}
      <SearchControl
        state={state}
        label="Sweep the grid"
        isReady={isReady && tasks.length > 0}
        onBegin={() => grid.getState().begin(plan, choice.most)}
      />
      {isShown && <GridFound search={search} plan={search.plan as GridPlan} recipe={recipe} />}
      <p className="param-help">
        Losses on the search half. What comes out best here was chosen for it: judge it on the
        held-out half before believing it.
      </p>
    </>
  );
}

type GridFoundProps = {
  readonly search: Search;
  readonly plan: GridPlan;
  readonly recipe: Recipe;
};

function GridFound({ search, plan, recipe }: GridFoundProps) {
  const [picked, setPicked] = useState<string>(meanOfAll);
  const { start, steps } = search;
  const sweeps = useMemo(() => sweepsOf(plan, start), [plan, start]);
  const verdict = useMemo(() => verdictOn(search), [search]);
  const [across, up] = sweeps;
  const options = shownOf(search);
  const shown = options.some(([id]) => id === picked) ? picked : meanOfAll;
  const cells = cellsOf(search, sweeps, shown);
  const best = leastOf(cells);
  const worded = (loss: number) => lossWorded(unitOfSearch(search), loss);
  const turned = (of: Recipe, { x, y }: Pick<GridCell, 'x' | 'y'>) =>
    turnedTo(turnedTo(of, across.dial, x), up.dial, y);
  const placeOf = ({ x, y }: Pick<GridCell, 'x' | 'y'>) =>
    `${across.dial.label} ${plain(x)}, ${up.dial.label} ${plain(y)}`;
  const take = (cell: GridCell) => {
    const made = turned(recipe, cell);
    session.recipe.getState().replace(made);
    const found = search.steps.at(-1)?.best?.candidate.recipe;
    const lineage = searchLineage(search);
    if (lineage && found && canonicalJson(found) === canonicalJson(made))
      noteLineage(made, lineage);
    session.view.getState().tell(`The recipe has ${placeOf(cell)} now.`, true);
  };
  const present = [dialValue(recipe, across.dial), dialValue(recipe, up.dial)] as const;
  const corner = { x: across.values[0], y: up.values[0] };
  const isOther = canonicalJson(turned(recipe, corner)) !== canonicalJson(turned(start, corner));
  const on = shown === meanOfAll ? averaged(search) : ` on ${shown}`;
  return (
    <>
      <p className="conflicts-verdict" role="status">
        {best
          ? `Of ${counted(steps.length, 'point')}${steps.length < cells.length ? ` so far, of ${cells.length}` : ''}, ${placeOf(best)} is the best: ${worded(best.loss)}${on}.${verdict}`
          : `None of ${steps.length} points could be scored.`}
      </p>
      <div className="evaluate-tools">
        <SelectField label="Show" options={options} value={shown} onChange={setPicked} />
        {best && (best.x !== present[0] || best.y !== present[1]) && (
          <Button onPress={() => take(best)}>Use {placeOf(best)}</Button>
        )}
        <SaveSteps name="grid" search={search} />
      </div>
      {isOther && (
        <p className="param-help">
          The recipe has changed besides since: these losses are of it as it was.
        </p>
      )}
      <LeftOut search={search} />
      <HeatMap {...{ sweeps, cells, present, worded }} onTake={take} />
      <details className="table-behind">
        <summary>The picture as a table</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section className="delta-scroll" tabIndex={0} aria-label="Losses of the grid">
          <table className="delta-table number">
            <thead>
              <tr>
                <th scope="col">{across.dial.label}</th>
                <th scope="col">{up.dial.label}</th>
                <th scope="col">Loss, {unitOfSearch(search)}</th>
              </tr>
            </thead>
            <tbody>
              {cells.map(({ x, y, loss }) => (
                <tr key={`${x} ${y}`}>
                  <td>{plain(x)}</td>
                  <td>{plain(y)}</td>
                  <td>{loss === null || Number.isNaN(loss) ? '–' : loss.toFixed(4)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </>
  );
}
