import { useMemo, useState } from 'react';
import { isHigherBetter, scoreNames, type Task } from '../../evaluate/tasks/task.ts';
import { worded } from '../../evaluate/tasks/worded.ts';
import {
  type Dial,
  dialsOf,
  dialValue,
  reachOf,
  steppedTo,
  sweepOf,
  turnedTo,
} from '../../recipe/dials.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { candidateOf, type Extent, scoreKey } from '../../stores/scores.ts';
import { session, useModels, useRecipe } from '../../stores/use-session.ts';
import { Chart } from '../curves/chart.tsx';
import { Button } from '../kit/button.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { plain } from '../kit/format.ts';
import { stageOf, toScore } from './rows.ts';
import { bestOf, type Swept } from './sweep.ts';
import { useScored } from './use-scored.ts';
import { Working } from './working.tsx';
import '../curves/curves.css';

const counts = [6, 11, 21];
/** A sweep looks only at the half that is for searching: the other half judges what it found. */
const extent: Extent = { part: 'search', most: 100 };

/** What the merge scores along one of its numbers. */
export function SweepView() {
  const recipe = useRecipe((state) => state.recipe);
  const [picked, setPicked] = useState<string | null>(null);
  const [count, setCount] = useState(11);
  const dials = dialsOf(recipe);
  const dial = dials.find(({ id }) => id === picked) ?? dials[0];
  if (dial === undefined) return <p className="empty">This method has no number to sweep.</p>;
  return (
    <>
      <div className="conflicts-head">
        <label>
          Along
          <select
            className="select-field"
            value={dial.id}
            onChange={({ target }) => setPicked(target.value)}
          >
            {dials.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label>
          Points
          <select
            className="select-field"
            value={count}
            onChange={({ target }) => setCount(Number(target.value))}
          >
            {counts.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      </div>
      <Sweep recipe={recipe} dial={dial} count={count} />
    </>
  );
}

type SweepProps = { readonly recipe: Recipe; readonly dial: Dial; readonly count: number };

function Sweep({ recipe, dial, count }: SweepProps) {
  const state = useScored();
  const slots = useModels((all) => all.slots);
  const { tasks, known } = state;
  const present = dialValue(recipe, dial);
  const across = reachOf(dial, present);
  // A score that is found leaves the points as they are.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a dial is as its id and the recipe say; candidates ask for the slots
  const points = useMemo(
    () =>
      sweepOf(dial, across, count).map((x) => ({
        x,
        of: candidateOf(session, turnedTo(recipe, dial, x), `${dial.label} ${plain(x)}`),
      })),
    [recipe, dial.id, count, slots],
  );
  const swept = points.map(({ x, of: { key } }) => {
    const keys = tasks.map((task) => scoreKey(key, task, extent));
    return {
      x,
      scores: keys.map((each) => known.get(each) ?? null),
      failure: state.refused.get(key) ?? null,
      unable: keys.map((each) => state.refused.get(each) ?? null),
    };
  });
  const stage = stageOf(swept);
  const refused = swept.flatMap(({ failure, unable }) => [failure, ...unable]).find(Boolean);
  const best = bestOf(swept);
  const turn = (x: number) => session.recipe.getState().replace(turnedTo(recipe, dial, x));
  const score = () => state.score({ these: points.map(({ of }) => of), extent });
  return (
    <>
      <p className="conflicts-verdict" role="status">
        {best === null
          ? `Which ${dial.label} is best for these tasks? Every point is merged in memory and asked.`
          : `Of ${swept.filter(({ scores }) => scores.every(Boolean)).length} points, ${dial.label} ${plain(best.x)} loses the least: ${best.loss.toFixed(3)} nats a token.`}
      </p>
      <div className="evaluate-tools">
        <Working
          label={toScore(stage, 'Sweep')}
          isDisabled={stage === 'all' || tasks.length === 0}
          onStart={score}
        />
        {best !== null && best.x !== present && (
          <Button onPress={() => turn(best.x)}>
            Use {dial.label} {plain(best.x)}
          </Button>
        )}
      </div>
      {refused && <FailureText failure={refused} />}
      {best !== null && (
        <Charts
          tasks={tasks}
          swept={swept}
          across={across}
          at={present}
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

type ChartsProps = {
  readonly tasks: readonly Task[];
  readonly swept: readonly Swept[];
  readonly across: readonly [number, number];
  readonly at: number | null;
  readonly onTurn: (x: number) => void;
};

function Charts({ tasks, swept, across, at, onTurn }: ChartsProps) {
  const [dragged, setDragged] = useState<number | null>(null);
  const drag = (x: number, isOver: boolean) => {
    setDragged(isOver ? null : x);
    if (isOver) onTurn(x);
  };
  const shares = tasks.map((task, i) => ({ task, i })).filter(({ task }) => isShare(task));
  const curves = shares.map(({ task, i }) => ({
    name: task.title,
    expert: i,
    points: swept.map(({ x, scores }) => ({ x, y: scores[i]?.mean ?? null })),
  }));
  const losses = tasks.map((task, i) => ({
    name: task.title,
    expert: i,
    points: swept.map(({ x, scores }) => ({ x, y: scores[i]?.loss ?? null })),
  }));
  const shared = { across, at: dragged ?? at, onDrag: drag };
  return (
    <>
      <div className="curves">
        {curves.length > 0 && (
          <Chart
            {...shared}
            kind={{
              title: 'Score',
              help: 'Share of the right answers.',
              range: [0, 1],
              text: (value) => `${Math.round(100 * value)} %`,
            }}
            curves={curves}
          />
        )}
        <Chart
          {...shared}
          kind={{
            title: 'Loss',
            help: 'Of the right answers, in nats a token: less is better, and it moves before the score does.',
            range: null,
            text: (value) => plain(value),
          }}
          curves={losses}
        />
      </div>
      <details className="table-behind">
        <summary>The picture as a table</summary>
        <table className="delta-table number">
          <thead>
            <tr>
              <th scope="col">Value</th>
              {tasks.map(({ id, title, kind }) => (
                <th scope="col" key={id}>
                  {title}, {scoreNames[kind]} and loss
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {swept.map(({ x, scores }) => (
              <tr key={x}>
                <th scope="row">{plain(x)}</th>
                {scores.map((score, i) => (
                  <td key={tasks[i].id}>
                    {score
                      ? `${worded(score.kind, score.mean ?? Number.NaN)}, ${(score.loss ?? Number.NaN).toFixed(3)}`
                      : ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

const isShare = ({ kind }: Task) => isHigherBetter(kind);
