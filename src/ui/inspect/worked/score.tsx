import { scoreOf } from '../../../methods/score.ts';
import type { Worked } from '../../../methods/worked.ts';
import './score.css';

type ScoreStripProps = {
  readonly names: readonly string[];
  readonly changes: readonly (readonly number[])[];
  readonly worked: Worked;
};

/** Whose changes get through, and how long the result is beside a plain average. */
export function ScoreStrip({ names, changes, worked }: ScoreStripProps) {
  const { models, norm, averageNorm } = scoreOf(changes, worked);
  return (
    <div className="worked-score">
      <table className="worked-score-table number" aria-label="Score">
        <thead>
          <tr>
            <td />
            <th scope="col" title="Share of the model’s mass Σ|τ| that goes into the result">
              kept
            </th>
            <th scope="col" title="Share that survives where another model pulls the other way">
              conflicting
            </th>
            <th scope="col" title="Share that is trimmed, dropped or overruled">
              discarded
            </th>
          </tr>
        </thead>
        <tbody>
          {models.map((model, k) => (
            <tr key={names[k]}>
              <th scope="row">{names[k]}</th>
              <td>{percent(model.kept)}</td>
              <td>{percent(model.conflicting)}</td>
              <td>{percent(model.discarded)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="small faint number">
        Of the mass of each model’s changes. The result is {norm.toPrecision(3)} long, a plain
        average
        {averageNorm > 0
          ? ` ${averageNorm.toPrecision(3)}: ${(norm / averageNorm).toFixed(2)} times as long.`
          : ' has no length: everything cancels.'}
      </p>
    </div>
  );
}

const percent = (share: number | null) => (share === null ? '–' : `${Math.round(100 * share)} %`);
