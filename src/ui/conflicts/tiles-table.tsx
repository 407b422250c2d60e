import { useState } from 'react';
import { bandsOf, cancelled, coarser } from '../../views/bands.ts';
import type { Close } from '../../views/close.ts';
import { percent } from './metrics.ts';
import './tiles-table.css';

/** Rows and columns that a table of the picture has at the most. */
const most = 16;

/** The picture of a tensor and its strips in numbers, for who does not see it. Made when it is opened. */
export function TilesTable({ close }: { readonly close: Close }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="tiles-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="small">The picture as a table</summary>
      {isOpen && <Table close={close} />}
    </details>
  );
}

function Table({ close }: { readonly close: Close }) {
  const { tiling, tiles } = coarser(close.tiling, close.tiles, most);
  const { down, across, height, width, rows, columns } = tiling;
  const byRow = bandsOf(tiling, tiles, 'rows');
  const byColumn = bandsOf(tiling, tiles, 'columns');
  const span = (i: number, size: number, all: number) =>
    size === 1 ? `${i}` : `${i * size}–${Math.min(all, (i + 1) * size) - 1}`;
  const rowNames = Array.from({ length: down }, (_, i) => span(i, height, rows));
  const columnNames = Array.from({ length: across }, (_, i) => span(i, width, columns));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="tiles-scroll" tabIndex={0} aria-label="Cancellation by rows and columns">
      <table className="number">
        <caption className="visually-hidden">
          Share of the mass that cancels in {close.tensor}, by rows and columns
        </caption>
        <thead>
          <tr>
            <th scope="col">Rows</th>
            {columnNames.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">All columns</th>
          </tr>
        </thead>
        <tbody>
          {rowNames.map((name, r) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {columnNames.map((column, c) => (
                <td key={column}>{percent(cancelled(tiles, r * across + c))}</td>
              ))}
              <td>{percent(cancelled(byRow, r))}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">All rows</th>
            {columnNames.map((column, c) => (
              <td key={column}>{percent(cancelled(byColumn, c))}</td>
            ))}
            <td>{percent(close.stats.cancellation)}</td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}
