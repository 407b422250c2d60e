import { type CSSProperties, Fragment, type KeyboardEvent, useRef, useState } from 'react';
import type { Cell, ConflictMap } from '../../views/conflict-map.ts';
import { counted } from '../kit/format.ts';
import { type Metric, percent, worded } from './metrics.ts';

type ModelGridProps = {
  readonly map: ConflictMap;
  readonly metric: Metric;
  /** The tensor in focus. */
  readonly tensor: string | null;
  readonly onOpen: (cell: Cell) => void;
};

/** Layers × roles as cells to walk through with the arrow keys; a bar for each row and each column. */
export function ModelGrid({ map, metric, tensor, onOpen }: ModelGridProps) {
  const { rows, columns, cells } = map;
  const at = new Map(cells.map((cell) => [cell.row * columns.length + cell.column, cell]));
  const top = scaleOf(map, metric);
  const [current, setCurrent] = useState(0);
  const [pointed, setPointed] = useState<number | null>(null);
  const grid = useRef<HTMLTableElement>(null);
  const here = at.has(current) ? current : (at.keys().next().value ?? 0);
  const move = (event: KeyboardEvent) => {
    const next = neighbour(event.key, here, rows.length, columns.length, at);
    if (next === null) return;
    event.preventDefault();
    setCurrent(next);
    grid.current?.querySelector<HTMLElement>(`[data-cell="${next}"]`)?.focus();
  };
  const dense = rows.length > 48 ? 'is-fine' : rows.length > 20 ? 'is-medium' : '';
  const told =
    (pointed === null ? undefined : at.get(pointed)) ?? cells.find(({ first }) => first === tensor);
  return (
    <>
      <table
        ref={grid}
        aria-label={`${metric.label} by layer and role`}
        className={`conflict-grid ${dense}`}
      >
        <colgroup>
          <col className="is-names" />
          {columns.map((role) => (
            <col key={role} />
          ))}
          <col className="is-bars" />
        </colgroup>
        <thead>
          <tr>
            <td />
            {columns.map((role, column) => (
              <th
                key={role}
                scope="col"
                title={`${role}: ${metric.label.toLowerCase()} ${worded(metric, metric.of(map.byColumn[column]))}`}
                className="conflict-column-name"
              >
                <span className="conflict-role">
                  <Broken name={shortOf(role)} />
                </span>
                <Bar value={metric.of(map.byColumn[column])} top={top} isUpright />
                <span className="visually-hidden">
                  {' '}
                  {worded(metric, metric.of(map.byColumn[column]))}
                </span>
              </th>
            ))}
            <td>
              <span className="visually-hidden">All of the row</span>
            </td>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={row}>
              <th scope="row" className="conflict-row-name number">
                {row}
              </th>
              {columns.map((role, c) => {
                const key = r * columns.length + c;
                const cell = at.get(key);
                const label = cell && labelOf(cell, row, role, metric, map);
                return (
                  <td key={role}>
                    {cell && (
                      <button
                        type="button"
                        data-cell={key}
                        tabIndex={key === here ? 0 : -1}
                        className={`conflict-cell is-${cell.state} ${cell.first === tensor ? 'is-current' : ''}`}
                        style={{ '--share': shareOf(metric.of(cell.stats), top) } as CSSProperties}
                        aria-label={label}
                        title={label}
                        onKeyDown={move}
                        onFocus={() => {
                          setCurrent(key);
                          setPointed(key);
                        }}
                        onBlur={() => setPointed(null)}
                        onPointerEnter={() => setPointed(key)}
                        onPointerLeave={() => setPointed(null)}
                        onClick={() => onOpen(cell)}
                      />
                    )}
                  </td>
                );
              })}
              <td
                title={`${placeOf(row)}: ${metric.label.toLowerCase()} ${worded(metric, metric.of(map.byRow[r]))}`}
              >
                <Bar value={metric.of(map.byRow[r])} top={top} />
                <span className="visually-hidden">{worded(metric, metric.of(map.byRow[r]))}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="conflict-told number" aria-hidden={told !== undefined}>
        {told
          ? labelOf(told, rows[told.row], columns[told.column], metric, map)
          : 'Choose a cell to look into its tensor.'}
      </p>
    </>
  );
}

/** The value of the darkest colour: the next tenth above the largest share, or the largest length. */
export function scaleOf({ cells }: ConflictMap, metric: Metric): number {
  const most = Math.max(0, ...cells.map(({ stats }) => metric.of(stats) ?? 0));
  return metric.isShare ? Math.min(1, Math.max(0.1, Math.ceil(10 * most) / 10)) : most;
}

function shareOf(value: number | null, top: number): number {
  return value === null || top === 0 ? 0 : Math.min(1, value / top);
}

function Bar({
  value,
  top,
  isUpright = false,
}: {
  readonly value: number | null;
  readonly top: number;
  readonly isUpright?: boolean;
}) {
  return (
    <span
      aria-hidden
      className={`conflict-bar ${isUpright ? 'is-upright' : ''}`}
      style={{ '--share': shareOf(value, top) } as CSSProperties}
    />
  );
}

/** A name that may go on in another line after each of its parts. */
function Broken({ name }: { readonly name: string }) {
  return name.split(/(?<=_)/).map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have an order and nothing else
    <Fragment key={i}>
      {part}
      <wbr />
    </Fragment>
  ));
}

/** "self_attn.q_proj" → "q_proj". */
function shortOf(role: string): string {
  return role.split('.').at(-1) ?? role;
}

function labelOf(
  { state, stats, tensors, first }: Cell,
  row: string,
  role: string,
  metric: Metric,
  { models }: ConflictMap,
): string {
  const place = tensors === 1 ? first : `${placeOf(row)}, ${role}, ${counted(tensors, 'tensor')}`;
  if (state === 'untouched') return `${place}: no model changes it`;
  if (state === 'alone') return `${place}: only one model changes it`;
  const chance = metric.chance(models.length);
  const beside =
    chance === null ? '' : `, ${models.length > 2 ? 'up to ' : ''}${percent(chance)} by chance`;
  return `${place}: ${metric.label.toLowerCase()} ${worded(metric, metric.of(stats))}${beside}`;
}

function placeOf(row: string): string {
  return /^\d/.test(row) ? `layer ${row}` : row;
}

/** The next cell with something in it in the direction of a key; null for other keys. */
function neighbour(
  key: string,
  from: number,
  rows: number,
  columns: number,
  at: ReadonlyMap<number, Cell>,
): number | null {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
  };
  if (key === 'Home' || key === 'End') {
    const keys = [...at.keys()].toSorted((a, b) => a - b);
    return (key === 'Home' ? keys[0] : keys.at(-1)) ?? null;
  }
  const step = steps[key];
  if (!step) return null;
  let row = Math.floor(from / columns) + step[0];
  let column = (from % columns) + step[1];
  while (row >= 0 && row < rows && column >= 0 && column < columns) {
    if (at.has(row * columns + column)) return row * columns + column;
    row += step[0];
    column += step[1];
  }
  return from;
}
