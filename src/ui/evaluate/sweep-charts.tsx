import { useState } from 'react';
import type { TaskScore } from '../../evaluate/tasks/score.ts';
import { isShare, scoreNames, type Task, type TaskKind } from '../../evaluate/tasks/task.ts';
import { worded } from '../../evaluate/tasks/worded.ts';
import { Chart, type Curve } from '../curves/chart.tsx';
import { plain } from '../kit/format.ts';
import type { Swept } from './sweep.ts';
import '../curves/curves.css';

type SweepChartsProps = {
  readonly tasks: readonly Task[];
  readonly swept: readonly Swept[];
  readonly across: readonly [number, number];
  readonly at: number | null;
  readonly onTurn: (x: number) => void;
};

/** Scores and losses of all tasks along one number, and as a table. */
export function SweepCharts({ tasks, swept, across, at, onTurn }: SweepChartsProps) {
  const [dragged, setDragged] = useState<number | null>(null);
  const drag = (x: number, isOver: boolean) => {
    setDragged(isOver ? null : x);
    if (isOver) onTurn(x);
  };
  const curvesOf = (isIn: (kind: TaskKind) => boolean, of: (score: TaskScore) => number | null) =>
    tasks.flatMap(({ title, kind }, i) => {
      if (!isIn(kind)) return [];
      const points = swept.map(({ x, scores }) => {
        const score = scores[i];
        return { x, y: score ? of(score) : null };
      });
      return [{ name: title, expert: i, points }];
    });
  const shares = curvesOf(isShare, ({ mean }) => mean);
  const correlations = curvesOf(
    (kind) => kind === 'pairs',
    ({ mean }) => mean,
  );
  const losses = curvesOf(
    (kind) => kind !== 'pairs',
    ({ loss }) => loss,
  );
  const shared = { across, at: dragged ?? at, onDrag: drag };
  return (
    <>
      <div className="curves">
        {shares.length > 0 && (
          <Chart
            {...shared}
            kind={{
              title: 'Score',
              help: 'Share of the right answers.',
              range: [0, 1],
              text: (value) => `${Math.round(100 * value)} %`,
            }}
            curves={shares}
          />
        )}
        {correlations.length > 0 && (
          <Chart
            {...shared}
            kind={{
              title: 'Correlation',
              help: 'Spearman’s, of the cosines with the given scores: more is better.',
              range: [Math.min(0, ...valuesOf(correlations)), 1],
              text: plain,
            }}
            curves={correlations}
          />
        )}
        {losses.length > 0 && (
          <Chart
            {...shared}
            kind={{
              title: 'Loss',
              help: 'Of the right answers, in nats a token: less is better, and it moves before the score does.',
              range: null,
              text: plain,
            }}
            curves={losses}
          />
        )}
      </div>
      <details className="table-behind">
        <summary>The picture as a table</summary>
        <table className="delta-table number">
          <thead>
            <tr>
              <th scope="col">Value</th>
              {tasks.map(({ id, title, kind }) => (
                <th scope="col" key={id}>
                  {title}, {scoreNames[kind]}
                  {kind !== 'pairs' && ' and loss'}
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
                      ? [
                          worded(score.kind, score.mean ?? Number.NaN),
                          ...(score.loss === null ? [] : [score.loss.toFixed(3)]),
                        ].join(', ')
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

const valuesOf = (curves: readonly Curve[]) =>
  curves.flatMap(({ points }) => points.flatMap(({ y }) => y ?? []));
