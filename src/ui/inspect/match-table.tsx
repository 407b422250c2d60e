import { useRef } from 'react';
import type { MatchRow } from '../../plan/types.ts';
import { plain } from '../kit/format.ts';
import { useRowWindow } from '../kit/row-window.ts';

const columns = ['Module', 'Tensor of the base', 'Kind', 'Rank', 'Alpha', 'Scale', 'Stored'];

/** Pixels, as the style sheet has them. */
const rowHeight = 24;
const mostHeight = 320;

type MatchTableProps = { readonly name: string; readonly rows: readonly MatchRow[] };

/** A table of any length: only the rows that are seen, and a few around them, are in the document. */
export function MatchTable({ name, rows }: MatchTableProps) {
  const scroller = useRef<HTMLElement>(null);
  const { from, to } = useRowWindow(scroller, rows.length, rowHeight);
  const height = Math.min(mostHeight, (rows.length + 1) * rowHeight + 16); // with room for a scroll bar
  return (
    <section
      className="match-scroll"
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={`Match table of ${name}`}
      style={{ height }}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr aria-hidden style={{ height: from * rowHeight }} />
          {rows.slice(from, to).map((row, i) => (
            <Row key={`${row.module} ${row.tensor}`} row={row} index={from + i} />
          ))}
          <tr aria-hidden style={{ height: (rows.length - to) * rowHeight }} />
        </tbody>
      </table>
    </section>
  );
}

function Row({ row, index }: { readonly row: MatchRow; readonly index: number }) {
  const { module, tensor, type, rank, alpha, scale, dtype, why } = row;
  const name = (
    <th scope="row" className="match-name" title={module}>
      <bdi>{module}</bdi>
    </th>
  );
  if (tensor === null) {
    return (
      <tr aria-rowindex={index + 2} className="is-unmatched">
        {name}
        <td colSpan={5} className="match-why" title={why ?? undefined}>
          none: {why}
        </td>
        <td>{dtype}</td>
      </tr>
    );
  }
  return (
    <tr aria-rowindex={index + 2}>
      {name}
      <td className="match-name" title={tensor}>
        <bdi>{tensor}</bdi>
      </td>
      <td>{type || '–'}</td>
      <td className="number">{rank ?? '–'}</td>
      <td className="number">{alpha === null ? '–' : plain(alpha)}</td>
      <td className="number">{scale === null ? '–' : `× ${plain(scale)}`}</td>
      <td>{dtype}</td>
    </tr>
  );
}
