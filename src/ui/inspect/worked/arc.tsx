import type { Arc as Turn } from '../../../methods/worked.ts';
import './arc.css';

const size = 100;

/** Two models as arrows with their real angle and lengths, and where the blend between them ends. */
export function Arc({ arc, small }: { readonly arc: Turn; readonly small?: boolean }) {
  const { norms, angle, shares } = arc;
  const longest = Math.max(...norms, Number.MIN_VALUE);
  // Lying side by side about the vertical, so that a small angle is in the middle.
  const at = (length: number, turn: number): readonly [number, number] => [
    (length / longest) * Math.sin(turn),
    -(length / longest) * Math.cos(turn),
  ];
  const ends = [at(norms[0], -angle / 2), at(norms[1], angle / 2)] as const;
  const blend = [0, 1].map((axis) => shares[0] * ends[0][axis] + shares[1] * ends[1][axis]);
  const path = Array.from({ length: 25 }, (_, i) => {
    const t = i / 24;
    const length = (1 - t) * norms[0] + t * norms[1];
    return at(length, angle * (t - 0.5));
  });
  const px = ([x, y]: readonly number[]) => `${(x * size).toFixed(2)},${(y * size).toFixed(2)}`;
  const degrees = ((angle * 180) / Math.PI).toFixed(angle < 0.02 ? 3 : 1);
  const below = angle > Math.PI * 0.9 ? 20 : 8;
  return (
    <svg
      className={`arc ${small ? 'is-small' : ''}`}
      viewBox={`${-size - 8} ${-size - 8} ${2 * size + 16} ${size + 8 + below}`}
      role="img"
      aria-label={`Angle between the two: ${degrees}°`}
    >
      <polyline className="arc-way" points={path.map(px).join(' ')} />
      <line className="arc-first" x2={ends[0][0] * size} y2={ends[0][1] * size} />
      <line className="arc-second" x2={ends[1][0] * size} y2={ends[1][1] * size} />
      <line className="arc-blend" x2={blend[0] * size} y2={blend[1] * size} />
      <circle className="arc-end" cx={blend[0] * size} cy={blend[1] * size} r={small ? 6 : 3} />
    </svg>
  );
}
