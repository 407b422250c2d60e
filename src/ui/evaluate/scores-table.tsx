import type { CSSProperties, ReactNode } from 'react';
import { isHigherBetter, scoreNames, type Task } from '../../evaluate/tasks/task.ts';
import { between, worded } from '../../evaluate/tasks/worded.ts';
import type { Cell, ScoreRow } from './rows.ts';

/** Models down, tasks across; the merge stands last and says what it kept. */
export function ScoresTable({
  rows,
  tasks,
  asideOf,
}: {
  readonly rows: readonly ScoreRow[];
  readonly tasks: readonly Task[];
  /** What stands under the name of a model. */
  readonly asideOf?: (row: ScoreRow) => ReactNode;
}) {
  if (tasks.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="delta-scroll" tabIndex={0} aria-label="Scores">
      <table className="scores">
        <thead>
          <tr>
            <th scope="col">Model</th>
            {tasks.map(({ id, title, kind, skill }, at) => (
              <th scope="col" key={id}>
                {title}
                <span className="scores-kind">
                  {scoreNames[kind]}
                  {skill === 'held-out' && ', held-out skill'}
                  {askedOf(rows, at)}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.role} ${row.title}`} className={`is-${row.role}`}>
              <th scope="row">
                {row.title}
                {row.role !== 'merge' && <span className="scores-kind">{row.role}</span>}
                {asideOf?.(row)}
              </th>
              {row.scores.map((cell, at) => (
                <td key={tasks[at].id}>
                  {cell ? (
                    <Score
                      cell={cell}
                      task={tasks[at]}
                      cells={rows.map((each) => each.scores[at])}
                    />
                  ) : (row.failure ?? row.unable[at]) ? (
                    '–'
                  ) : (
                    ''
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function askedOf(rows: readonly ScoreRow[], at: number): string {
  const score = rows.map(({ scores }) => scores[at]?.score).find(Boolean);
  return score ? `, ${score.items.length.toLocaleString('en')} asked` : '';
}

type ScoreProps = {
  readonly cell: Cell;
  readonly task: Task;
  /** Of all models on this task. */
  readonly cells: readonly (Cell | null)[];
};

/** A bar with the interval that the true score lies in. */
function Score({ cell, task: { kind }, cells }: ScoreProps) {
  const { estimate } = cell;
  const { value, low, high } = estimate;
  // Perplexities have no natural end: the largest of the column is one.
  const end = isHigherBetter(kind)
    ? 1
    : Math.max(
        ...cells.flatMap((each) => [finite(each?.estimate.value), finite(each?.estimate.high)]),
        1,
      );
  const at = (x: number) => Math.min(1, Math.max(0, x / end));
  const style = { '--value': at(value), '--low': at(low), '--high': at(high) } as CSSProperties;
  return (
    <div className="score-cell">
      <span className="score-line" style={style} aria-hidden>
        <span className="score-fill" />
        {Number.isFinite(low) && Number.isFinite(high) && <span className="score-whisker" />}
      </span>
      <span className="number score-value">{worded(kind, value)}</span>
      <span className="score-note number">
        {Number.isFinite(high) ? between(kind, low, high) : 'no interval: too few items'}
      </span>
      {cell.standing && <Standing cell={cell} />}
    </div>
  );
}

function Standing({ cell: { standing, overBase, overBest } }: { readonly cell: Cell }) {
  if (!standing) return null;
  const { best, retention, improvement } = standing;
  return (
    <>
      {best && retention !== null && (
        <span className="score-note">
          {(100 * retention).toFixed(0)} % of {best.expert}
          {overBest === 'not told apart' && ', not told apart'}
        </span>
      )}
      {improvement !== null && (
        <span
          className={`score-note is-${overBase === 'better' ? 'good' : overBase === 'worse' ? 'bad' : 'even'}`}
        >
          {overBase === 'not told apart'
            ? 'not told apart from the base'
            : `${overBase === 'better' ? 'better' : 'worse'} than the base`}
        </span>
      )}
    </>
  );
}

const finite = (value: number | undefined) =>
  value !== undefined && Number.isFinite(value) ? value : 0;
