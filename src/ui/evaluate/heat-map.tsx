import { type CSSProperties, type KeyboardEvent, useRef, useState } from 'react';
import type { Sweep } from '../../evaluate/search/sweep.ts';
import { along } from '../curves/curve.ts';
import { plain } from '../kit/format.ts';
import { type GridCell, goodnessOf, leastOf } from './grid-cells.ts';

type HeatMapProps = {
  readonly sweeps: readonly [Sweep, Sweep];
  readonly cells: readonly GridCell[];
  /** Where the recipe is; null for nowhere. */
  readonly present: readonly [x: number | null, y: number | null];
  readonly worded: (loss: number) => string;
  readonly onTake: (cell: GridCell) => void;
};

/** Losses by two numbers as cells to walk through with the arrow keys: the darker on light, the brighter on dark, the better. */
export function HeatMap({ sweeps, cells, present, worded, onTake }: HeatMapProps) {
  const [across, up] = sweeps;
  const columns = across.values.length;
  const rows = up.values.length;
  const [focus, setFocus] = useState(0);
  const [pointed, setPointed] = useState<number | null>(null);
  const map = useRef<HTMLDivElement>(null);
  const best = leastOf(cells);
  const good = goodnessOf(cells);
  const here = Math.min(focus, cells.length - 1);
  const wordsOf = (cell: GridCell) => {
    const { x, y, loss } = cell;
    const place = `${across.dial.label} ${plain(x)}, ${up.dial.label} ${plain(y)}`;
    const found =
      loss === null ? 'not tried yet' : Number.isNaN(loss) ? 'cannot be scored' : worded(loss);
    const isBest = best?.x === x && best.y === y;
    const isPresent = present[0] === x && present[1] === y;
    return `${place}: ${found}${isBest ? ', the best' : ''}${isPresent ? ', the recipe' : ''}`;
  };
  const move = (event: KeyboardEvent) => {
    const next = neighbour(event.key, here, columns, rows);
    if (next === null) return;
    event.preventDefault();
    setFocus(next);
    map.current?.querySelector<HTMLElement>(`[data-cell="${next}"]`)?.focus();
  };
  const placeIn = ({ values }: Sweep, value: number) =>
    (along([values[0], values.at(-1)!], value) * (values.length - 1) + 0.5) / values.length;
  const [x, y] = present;
  const isIn = x !== null && y !== null && holds(across, x) && holds(up, y);
  return (
    <figure className="heat-map" style={{ '--columns': columns, '--rows': rows } as CSSProperties}>
      <p className="heat-up small">{up.dial.label} ↑</p>
      <div className="heat-rows number" aria-hidden>
        {up.values.toReversed().map((value, at) => (
          <span key={value}>{isTold(rows - 1 - at, rows) && short(value)}</span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form */}
      <div
        ref={map}
        role="group"
        aria-label={`Loss by ${across.dial.label} and ${up.dial.label}`}
        className="heat-cells"
      >
        {cells.map((cell, at) => {
          const { loss } = cell;
          const label = wordsOf(cell);
          const state = loss === null ? 'is-open' : Number.isNaN(loss) ? 'is-failed' : '';
          const isBest = best?.x === cell.x && best.y === cell.y;
          return (
            <button
              key={`${cell.x} ${cell.y}`}
              type="button"
              data-cell={at}
              tabIndex={at === here ? 0 : -1}
              className={`heat-cell ${state} ${isBest ? 'is-best' : ''}`}
              style={{ '--good': loss === null ? 0 : good(loss) } as CSSProperties}
              aria-label={label}
              onKeyDown={move}
              onFocus={() => {
                setFocus(at);
                setPointed(at);
              }}
              onBlur={() => setPointed(null)}
              onPointerEnter={() => setPointed(at)}
              onPointerLeave={() => setPointed(null)}
              onClick={() => onTake(cell)}
            />
          );
        })}
        {isIn && (
          <span
            className="heat-present"
            style={{ '--x': placeIn(across, x), '--y': 1 - placeIn(up, y) } as CSSProperties}
            aria-hidden
          />
        )}
      </div>
      <div className="heat-columns number" aria-hidden>
        {across.values.map((value, at) => (
          <span key={value}>{isTold(at, columns) && short(value)}</span>
        ))}
      </div>
      <p className="heat-across small">{across.dial.label} →</p>
      <p className="heat-told small number" aria-hidden>
        {pointed === null
          ? 'Press a cell to take both numbers into the recipe; arrow keys walk.'
          : wordsOf(cells[pointed])}
      </p>
      <figcaption className="heat-key small">
        <span className="heat-scale" aria-hidden /> worse to better
        <span className="heat-mark is-best" aria-hidden /> the best
        <span className="heat-mark" aria-hidden />{' '}
        {isIn ? 'the recipe' : 'the recipe, which is not in the picture'}
      </figcaption>
    </figure>
  );
}

const holds = ({ values }: Sweep, value: number) => value >= values[0] && value <= values.at(-1)!;

/** Of many values not each is told: about nine, and the first. */
const isTold = (at: number, count: number) => at % Math.ceil(count / 9) === 0;

const short = (value: number) => plain(Number(value.toFixed(3))).replace('-', '−');

/** The cell that an arrow key leads to; Home and End go to the ends of a row. Null for other keys. */
function neighbour(key: string, at: number, columns: number, rows: number): number | null {
  const [row, column] = [Math.floor(at / columns), at % columns];
  switch (key) {
    case 'ArrowLeft':
      return row * columns + Math.max(0, column - 1);
    case 'ArrowRight':
      return row * columns + Math.min(columns - 1, column + 1);
    case 'ArrowUp':
      return Math.max(0, row - 1) * columns + column;
    case 'ArrowDown':
      return Math.min(rows - 1, row + 1) * columns + column;
    case 'Home':
      return row * columns;
    case 'End':
      return row * columns + columns - 1;
    default:
      return null;
  }
}
