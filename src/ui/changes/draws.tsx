import type { CSSProperties } from 'react';
import { useConflicts } from '../../stores/use-session.ts';
import { conflictOf, overlapOf } from '../../views/draws.ts';
import { percent } from '../conflicts/metrics.ts';
import { plain } from '../kit/format.ts';
import './plot.css';
import './draws.css';

type DrawsProps = {
  /** By expert, as the recipe has them. */
  readonly densities: readonly number[];
};

const drops = Array.from({ length: 41 }, (_, i) => i / 40);

/** How many elements draws leave to two models or more, and to a conflict, by how much is dropped; with what was measured. */
export function Draws({ densities }: DrawsProps) {
  const map = useConflicts((state) => state.map);
  const n = densities.length;
  if (n < 2) return null;
  const drop = 1 - densities.reduce((sum, density) => sum + density, 0) / n;
  const same = (p: number) => densities.map(() => 1 - p);
  const line = (of: (keeps: readonly number[]) => number) =>
    drops.map((p, i) => `${i ? 'L' : 'M'}${100 * p} ${100 - 100 * of(same(p))}`).join('');
  const whole = map !== null && map.models.length === n ? map.whole : null;
  const overlap = whole?.overlap ?? null;
  const rate = whole?.conflictRate ?? null;
  const conflicting = overlap === null ? null : overlap * (rate ?? 0);
  const rows = [
    {
      name: 'Kept by two or more',
      told: overlapOf(densities),
      found: overlap,
      className: 'is-overlap',
    },
    {
      name: 'In conflict',
      told: conflictOf(densities),
      found: conflicting,
      className: 'is-conflict',
    },
  ];
  return (
    <>
      <h5>What the draws leave to more than one model</h5>
      <figure className="delta-figure draws">
        <div className="delta-plot">
          <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden>
            <line className="delta-rule" x1={100 * drop} x2={100 * drop} y1="0" y2="100" />
            <path className="draws-line is-overlap" d={line(overlapOf)} />
            <path className="draws-line is-conflict" d={line(conflictOf)} />
          </svg>
          {[0, 0.5, 1].map((at) => (
            <span
              key={`up ${at}`}
              className="delta-tick is-up"
              style={{ '--at': at } as CSSProperties}
            >
              {percent(at)}
            </span>
          ))}
          {[0, 0.5, 1].map((at) => (
            <span key={at} className="delta-tick" style={{ '--at': at } as CSSProperties}>
              p = {at}
            </span>
          ))}
          {rows.map(
            ({ name, found, className }) =>
              found !== null && (
                <span
                  key={name}
                  className={`depth-dot ${className}`}
                  title={`${name}, measured: ${percent(found)}`}
                  style={{ '--x': 100 * drop, '--y': 100 - 100 * found } as CSSProperties}
                />
              ),
          )}
        </div>
        <figcaption className="param-help">
          Lines: what is to be expected of {n} models that all drop the share p, where each changes
          every element and signs are random; two keep (1 − p)² in common. Dots: what was measured
          of these models at p = {plain(Number(drop.toFixed(3)))}, the mean of the recipe. Dots
          below the lines: models leave elements alone, or agree.
        </figcaption>
      </figure>
      <table className="delta-table number">
        <caption className="visually-hidden">Elements that draws leave to two models</caption>
        <thead>
          <tr>
            <th scope="col">Of all elements</th>
            <th scope="col">Expected</th>
            <th scope="col">Measured</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, told, found }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{percent(told)}</td>
              <td>{percent(found)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
