import { useEffect } from 'react';
import type { EnergyCurve } from '../../engine/protocol.ts';
import { session, usePlanning } from '../../stores/use-session.ts';
import './energy.css';

/** Pixels of the drawing, whatever its size on the page. */
const [width, height] = [240, 64];

/** What of a merge an adapter of each rank keeps: a curve for all modules together, one for the worst. */
export function Energy({ rank }: { readonly rank: number | null }) {
  const energy = usePlanning((state) => state.energy);
  useEffect(() => {
    session.planning.getState().wantEnergy(true);
    return () => session.planning.getState().wantEnergy(false);
  }, []);
  if (energy === null) return null;
  const { total, lowest, modules, known } = energy;
  const chosen = Math.min(rank ?? total.length, total.length);
  const x = (k: number) => (k / total.length) * width;
  return (
    <figure className="energy">
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden>
        <path className="energy-lowest" d={lineOf(lowest, x)} />
        <path className="energy-total" d={lineOf(total, x)} />
        <line className="energy-rank" x1={x(chosen)} x2={x(chosen)} y1={0} y2={height} />
      </svg>
      <figcaption className="param-help" role="status">
        Rank {chosen} keeps {percent(total[chosen - 1])} of the energy, Σσ²; at least{' '}
        {percent(lowest[chosen - 1])} of every module’s.
        {known < modules && ` ${modules - known} modules are not known by their factors.`}
      </figcaption>
      <table className="visually-hidden">
        <caption>Energy kept by rank</caption>
        <tbody>
          {ranksOf(total.length).map((k) => (
            <tr key={k}>
              <th scope="row">rank {k}</th>
              <td>{percent(total[k - 1])}</td>
              <td>{percent(lowest[k - 1])} at least</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function lineOf(shares: EnergyCurve['total'], x: (k: number) => number): string {
  const points = shares.map((share, i) => `${x(i + 1)} ${height * (1 - share)}`);
  return `M0 ${height}L${points.join('L')}`;
}

/** Powers of two up to the whole. */
function ranksOf(most: number): readonly number[] {
  const ranks = Array.from({ length: 12 }, (_, n) => 2 ** n).filter((rank) => rank < most);
  return [...ranks, most];
}

function percent(share: number): string {
  if (share >= 0.999995) return '100 %';
  return `${(Math.floor(share * 10_000) / 100).toFixed(share > 0.99 ? 2 : 1)} %`;
}
