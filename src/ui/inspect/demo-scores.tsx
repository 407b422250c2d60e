import type { MergeMethod } from '../../methods/method.ts';
import { bestMerge, type Family } from '../../stores/family.ts';
import { useModels, useRecipe } from '../../stores/use-session.ts';
import './demo-scores.css';

type Row = {
  readonly name: string;
  readonly note: string;
  readonly scores: Readonly<Record<string, number>>;
};

/** What the demo's models and its best merge by this method score, as measured with the files. */
export function DemoScores({ method }: { readonly method: MergeMethod }) {
  const demo = useModels((state) => state.demo);
  const isDemo = useRecipe(({ recipe }) => recipe.base?.origin === 'demo');
  if (demo.kind !== 'ready' || !isDemo) return null;
  const rows = rowsOf(demo.family, method.id);
  if (rows.length === 0) return null;
  return (
    <section className="demo-scores">
      <h4>On the demo family, as measured</h4>
      <p className="small faint">
        Exact answers out of 100, on prompts no model was trained on. A tiny family that gets along
        well: your models may not.
      </p>
      <div className="table-wrap">
        <table className="score-table">
          <thead>
            <tr>
              <th scope="col">Model</th>
              {demo.family.skills.map((skill) => (
                <th scope="col" key={skill.id}>
                  {skill.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, note, scores }) => (
              <tr key={name} className={note ? 'is-merge' : ''}>
                <th scope="row">
                  {name} {note && <span className="faint">{note}</span>}
                </th>
                {demo.family.skills.map(({ id }) => (
                  <td key={id}>
                    <Score value={scores[id] ?? 0} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Score({ value }: { readonly value: number }) {
  const percent = Math.round(100 * value);
  return (
    <span className="score">
      <span className="score-bar" style={{ width: `${percent}%` }} />
      <span className="score-number number">{percent}</span>
    </span>
  );
}

function rowsOf(family: Family, method: string): readonly Row[] {
  const { members, accuracy } = family;
  const single = members
    .filter(({ role, id }) => role !== 'adapter' && accuracy[id])
    .map(({ title, id }): Row => ({ name: title, note: '', scores: accuracy[id] }));
  const best = bestMerge(family, method);
  if (!best) return single;
  const equal = best.weights.every((weight) => weight === best.weights[0]);
  const settings = [
    best.lambda === undefined ? null : `λ ${best.lambda}`,
    best.density === undefined ? null : `density ${best.density}`,
    equal ? 'equal weights' : `weights ${best.weights.join(', ')}`,
  ].filter((part) => part !== null);
  return [...single, { name: 'Merged', note: settings.join(', '), scores: best.accuracy }];
}
