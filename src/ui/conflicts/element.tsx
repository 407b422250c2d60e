import type { CSSProperties } from 'react';
import { session } from '../../stores/use-session.ts';
import type { Patch } from '../../views/close.ts';
import { signed } from '../kit/format.ts';

type ElementViewProps = {
  readonly patch: Patch;
  readonly models: readonly string[];
  readonly element: number;
};

/** One element: what each model wants, what is left of it, who wins, and what comes out. */
export function ElementView({ patch, models, element }: ElementViewProps) {
  const { values, base, merged, row, column, across, isMerged } = patch;
  const wants = values.map(({ left, weight }) => left[element] * weight);
  const plus = wants.reduce((sum, value) => sum + Math.max(0, value), 0);
  const minus = wants.reduce((sum, value) => sum + Math.max(0, -value), 0);
  const most = Math.max(plus, minus, Number.MIN_VALUE);
  const changes = values.map(({ change }) => change[element]);
  const sum = values.reduce((total, { change, weight }) => total + change[element] * weight, 0);
  const mean = changes.reduce((total, value) => total + value, 0) / changes.length;
  const result = merged && merged[element] - base[element];
  return (
    <div className="element">
      <h4 className="number">
        Row {row + Math.floor(element / across)}, column {column + (element % across)}
      </h4>
      {isMerged[element] === 0 ? (
        <p className="param-help">This element is not merged.</p>
      ) : (
        <>
          <table className="element-table number">
            <thead>
              <tr>
                <td />
                <th scope="col">change</th>
                <th scope="col">left</th>
                <th scope="col">× weight</th>
              </tr>
            </thead>
            <tbody>
              {values.map(({ change, left, weight }, k) => (
                <tr key={models[k]}>
                  <th scope="row" className="element-name">
                    {models[k]}
                  </th>
                  <td>{small(change[element])}</td>
                  <td>
                    {left[element] === 0 && change[element] !== 0
                      ? 'dropped'
                      : small(left[element])}
                  </td>
                  <td className={toneOf(wants[k])}>{small(left[element] * weight)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <div
            className="tug"
            role="img"
            aria-label={`Minus pulls with ${minus.toPrecision(3)}, plus with ${plus.toPrecision(3)}`}
          >
            <span className="tug-minus" style={{ '--share': minus / most } as CSSProperties} />
            <span className="tug-plus" style={{ '--share': plus / most } as CSSProperties} />
          </div>
          <p aria-hidden className="tug-words number">
            <span>minus {small(-minus)}</span>
            <span>plus {small(plus)}</span>
          </p>
          <p className="param-help">
            {plus > 0 && minus > 0
              ? `${plus > minus ? 'Plus' : minus > plus ? 'Minus' : 'Neither'} pulls harder; ${(
                  (200 * Math.min(plus, minus)) / (plus + minus)
                ).toFixed(0)} % of the mass would cancel in a sum.`
              : 'Nobody disagrees here.'}
          </p>
          <table className="element-table number">
            <tbody>
              {result !== null && (
                <tr>
                  <th scope="row" className="element-name">
                    Merged change
                  </th>
                  <td className={toneOf(result)}>{small(result)}</td>
                </tr>
              )}
              <tr>
                <th scope="row" className="element-name">
                  Average of the changes
                </th>
                <td>{small(mean)}</td>
              </tr>
              <tr>
                <th scope="row" className="element-name">
                  Task arithmetic, λ = 1
                </th>
                <td>{small(sum)}</td>
              </tr>
              {merged && (
                <tr>
                  <th scope="row" className="element-name">
                    Base → result
                  </th>
                  <td>
                    {plain(base[element])} → {plain(merged[element])}
                  </td>
                </tr>
              )}
            </tbody>
          </table>
          {merged === null && (
            <p className="param-help">
              What the merge makes of it only the whole matrix tells: merge, then compare the
              models.
            </p>
          )}
          <p className="param-help">
            <button
              type="button"
              className="link"
              onClick={() =>
                follow(row + Math.floor(element / across), column + (element % across))
              }
            >
              Follow it step by step
            </button>
          </p>
        </>
      )}
    </div>
  );
}

/** Opens the element, and those beside it, in the figure of the tab Method. */
function follow(row: number, column: number): void {
  const { tensor } = session.conflicts.getState().focus;
  if (tensor === null) return;
  session.stepper.getState().turnTo(null);
  session.stepper.getState().choose('mine');
  session.excerpt.getState().lookAt({ tensor, row, column });
  session.view.getState().showTab('method');
}

function toneOf(value: number): string {
  return value < 0 ? 'is-negative' : value > 0 ? 'is-positive' : '';
}

/** Four digits, with a minus as wide as a plus. */
function plain(value: number): string {
  return value.toPrecision(4).replaceAll('-', '−');
}

/** Five places, or powers of ten where that shows nothing. */
function small(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) < 1e-4 ? value.toExponential(1).replace('-', '−') : signed(value, 5);
}
