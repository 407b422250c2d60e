import { useMemo, useState } from 'react';
import { unitOf } from '../../evaluate/tasks/objective.ts';
import { lossWorded } from '../../evaluate/tasks/worded.ts';
import { type Dial, dialValue, steppedTo, sweepOf, turnedTo } from '../../recipe/dials.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { noteLineage } from '../../stores/lineages.ts';
import { candidateOf, scoreKey } from '../../stores/scores.ts';
import { session, useModels } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { csv } from '../kit/csv.ts';
import { FailureText } from '../kit/failure-text.tsx';
import { plain } from '../kit/format.ts';
import { sweepLines, sweepText } from './documents.ts';
import { chosenLineage } from './lineage.ts';
import { stageOf, toScore } from './rows.ts';
import { SaveMenu } from './save-menu.tsx';
import { bestOf, finerAround, type Swept } from './sweep.ts';
import { SweepCharts } from './sweep-charts.tsx';
import { useScored } from './use-scored.ts';
import { Working } from './working.tsx';

/** A sweep looks only at the half that is for searching: the other half judges what it found. */
const extent = { part: 'search', most: 100 } as const;

type LineSweepProps = {
  readonly recipe: Recipe;
  readonly dial: Dial;
  readonly across: readonly [number, number];
  readonly count: number;
};

/** Scores and losses along one number, with more points near the best on request. */
export function LineSweep({ recipe, dial, across, count }: LineSweepProps) {
  const state = useScored();
  const slots = useModels((all) => all.slots);
  const [finer, setFiner] = useState<readonly number[]>([]);
  const { known, refused } = state;
  const present = dialValue(recipe, dial);
  const pointAt = (x: number) => ({
    x,
    of: candidateOf(session, turnedTo(recipe, dial, x), `${dial.label} ${plain(x)}`),
  });
  // A score that is found leaves the points as they are.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a dial is as its id and the recipe say; candidates ask for the slots
  const points = useMemo(
    () =>
      [...new Set([...sweepOf(dial, across, count), ...finer])].sort((a, b) => a - b).map(pointAt),
    [recipe, dial.id, String(across), count, finer, slots],
  );
  const all = points.map(({ x, of: { key } }) => {
    const keys = state.tasks.map((task) => scoreKey(key, task, extent));
    return {
      x,
      scores: keys.map((each) => known.get(each) ?? null),
      failure: refused.get(key) ?? null,
      unable: keys.map((each) => refused.get(each) ?? null),
    };
  });
  const stage = stageOf(all);
  const failure = all.flatMap((each) => [each.failure, ...each.unable]).find(Boolean);
  // What a model is not able to does not keep the rest from being compared.
  const able = state.tasks.map((_, at) => all.every(({ unable }) => !unable[at]));
  const tasks = state.tasks.filter((_, at) => able[at]);
  const swept: readonly Swept[] = all.map(({ x, scores }) => {
    return { x, scores: scores.filter((_, at) => able[at]) };
  });
  const isKnown = ({ scores }: Swept) => scores.length > 0 && scores.every(Boolean);
  const best = bestOf(swept);
  const turn = (x: number) => session.recipe.getState().replace(turnedTo(recipe, dial, x));
  const told = swept.map(({ x, scores }) => {
    return { x, title: `${dial.label} ${plain(x)}`, recipe: turnedTo(recipe, dial, x), scores };
  });
  /** And notes how it was found, for the model card. */
  const takeBest = () => {
    if (best === null) return;
    turn(best.x);
    const lossOf = (x: number | null) => bestOf(swept.filter((each) => each.x === x))?.loss;
    const before = lossOf(present);
    const worded = (loss: number) => lossWorded(unitOf(tasks[0].kind), loss);
    const ends = `${plain(swept[0].x)} to ${plain(swept[swept.length - 1].x)}`;
    const how = `Sweep of ${dial.label} from ${ends}: ${swept.length} points`;
    const losses = [before === undefined ? null : worded(before), worded(best.loss)] as const;
    noteLineage(turnedTo(recipe, dial, best.x), chosenLineage(how, tasks, extent.most, losses));
    session.view.getState().tell(`The recipe has ${dial.label} ${plain(best.x)} now.`, true);
  };
  const score = (these = points) => state.score({ these: these.map(({ of }) => of), extent });
  const around = best
    ? finerAround(
        points.map(({ x }) => x),
        best.x,
      )
    : [];
  const refine = () => {
    setFiner([...finer, ...around]);
    score(around.map(pointAt));
  };
  return (
    <>
      <p className="conflicts-verdict" role="status">
        {best === null
          ? `Which ${dial.label} is best for these tasks? Every point is merged in memory and asked.`
          : `Of ${swept.filter(isKnown).length} points, ${dial.label} ${plain(best.x)}${best.x === present ? ', as the recipe has it,' : ''} is the best: ${lossWorded(unitOf(tasks[0].kind), best.loss)}${tasks.length > 1 ? `, on average over ${tasks.length} tasks` : ''}.`}
      </p>
      <div className="evaluate-tools">
        <Working
          label={toScore(stage, 'Sweep')}
          isDisabled={stage === 'all' || state.tasks.length === 0}
          onStart={() => score()}
        />
        {stage === 'all' && best !== null && !dial.param.integer && (
          <Button onPress={refine}>Refine near the best</Button>
        )}
        {best !== null && best.x !== present && (
          <Button onPress={takeBest}>
            Use {dial.label} {plain(best.x)}
          </Button>
        )}
        {best !== null && (
          <SaveMenu
            name="sweep"
            csv={() => csv(sweepLines(dial.label, tasks, told))}
            json={(each) => sweepText(recipe, dial, tasks, told, each)}
          />
        )}
      </div>
      {failure && <FailureText failure={failure} />}
      {best !== null && (
        <SweepCharts
          tasks={tasks}
          swept={swept}
          across={across}
          at={present !== null && present >= across[0] && present <= across[1] ? present : null}
          onTurn={(x) => turn(steppedTo(dial, x))}
        />
      )}
      <p className="param-help">
        Up to 100 items of each task’s search half. What comes out best here was chosen for it:
        score it on the held-out half, under Scores, before believing it.
      </p>
    </>
  );
}
