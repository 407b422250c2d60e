import type { CSSProperties } from 'react';
import type { Tried } from '../../evaluate/search/step.ts';
import type { Recipe } from '../../recipe/recipe.ts';
import { type EvolvePlan, searchedBy } from '../../stores/search-plan.ts';
import { plain } from '../kit/format.ts';

type BestNumbersProps = {
  readonly plan: EvolvePlan;
  readonly start: Recipe;
  readonly best: Tried;
};

/** How near to an end, as a share of the range, counts as at it. */
const near = 0.005;

/** The numbers of the best so far between their bounds. */
export function BestNumbers({ plan, start, best }: BestNumbersProps) {
  const { axes } = searchedBy(plan, start);
  const values = Object.values(best.candidate.values);
  const rows = axes.map((axis, i) => {
    const at = (value: number) => (value - axis.low) / (axis.high - axis.low);
    return { ...axis, value: values[i], begun: at(axis.start), found: at(values[i]) };
  });
  const ends = rows.filter(({ found }) => found < near || found > 1 - near);
  return (
    <div className="best-numbers">
      <h4>Numbers of the best so far</h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="delta-scroll" tabIndex={0} aria-label="Numbers between their bounds">
        <table className="delta-table number">
          <thead>
            <tr>
              <th scope="col">Number</th>
              <th scope="col">Begun at</th>
              <th scope="col">Best</th>
              <th scope="col" className="best-between">
                Between
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ label, start: from, value, low, high, begun, found }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>{short(from)}</td>
                <td>{short(value)}</td>
                <td className="best-between">
                  <span className="faint">{short(low)}</span>
                  <span
                    className="best-line"
                    style={{ '--begun': begun, '--found': found } as CSSProperties}
                    aria-hidden
                  />
                  <span className="faint">{short(high)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {ends.length > 0 && (
        <p className="param-help">
          At a bound: {ends.map(({ label }) => label).join(', ')}. Wider bounds, under Options, may
          find better.
        </p>
      )}
    </div>
  );
}

const short = (value: number) => plain(Number(value.toFixed(3))).replace('-', '−');
