import type { CSSProperties } from 'react';
import type { Stats } from '../../views/conflict-map.ts';
import { percent } from './metrics.ts';
import { PairMatrix } from './pair-matrix.tsx';

type BetweenModelsProps = {
  readonly models: readonly string[];
  readonly stats: Stats;
  readonly opposite: readonly (number | null)[];
  readonly cosines: readonly (number | null)[];
};

/** Who is overruled how much, and which two pull apart. */
export function BetweenModels({ models, stats, opposite, cosines }: BetweenModelsProps) {
  return (
    <>
      <h4>Overruled mass</h4>
      <p className="param-help">Of what each model wants, the share that pulls the weaker way.</p>
      <table className="overruled">
        <caption className="visually-hidden">
          Of what each model wants, the share whose sign is not elected
        </caption>
        <tbody>
          {models.map((name, k) => (
            <tr key={name}>
              <th scope="row" title={name}>
                <bdi>{name}</bdi>
              </th>
              <td aria-hidden>
                <span
                  className="conflict-bar"
                  style={{ '--share': stats.models[k].overruled ?? 0 } as CSSProperties}
                />
              </td>
              <td className="number">{percent(stats.models[k].overruled)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <PairMatrix models={models} opposite={opposite} cosines={cosines} />
    </>
  );
}
