import { type ReactNode, useEffect, useRef } from 'react';
import { EndOf } from './end-of.tsx';
import { useRowWindow } from './row-window.ts';
import './window-table.css';

export type Sorting = { readonly column: number; readonly isDown: boolean };

type WindowTableProps<Row> = {
  /** Of what scrolls, and of the table unless it has a caption. */
  readonly label: string;
  readonly caption?: string;
  readonly columns: readonly string[];
  /** All rows there are. */
  readonly count: number;
  /** Those that are at hand, from the `from`-th on. */
  readonly rows: readonly Row[];
  readonly from?: number;
  /** Pixels, as the style sheet has them. */
  readonly rowHeight: number;
  /** Pixels; without it the table takes the room that its place has. */
  readonly mostHeight?: number;
  readonly className: string;
  readonly keyOf: (row: Row) => string;
  readonly rowClass?: (row: Row) => string;
  /** Which rows are seen, with a few around them. */
  readonly onWindow?: (from: number, to: number) => void;
  /** What the rows are in the order of, where a press on a column sets that. */
  readonly sorting?: Sorting | null;
  readonly onSort?: (sorting: Sorting | null) => void;
  /** The cells of a row. */
  readonly children: (row: Row) => ReactNode;
};

/** A table of any length: only the rows that are seen, and a few around them, are in the document. */
export function WindowTable<Row>(props: WindowTableProps<Row>) {
  const { label, caption, columns, count, rows, rowHeight, className, keyOf, onWindow } = props;
  const { from: first = 0, mostHeight, rowClass } = props;
  const scroller = useRef<HTMLElement>(null);
  const seen = useRowWindow(scroller, count, rowHeight);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever listens is told of the window, not of itself
  useEffect(() => onWindow?.(seen.from, seen.to), [seen.from, seen.to]);
  // Scrolled fast, rows that are asked for come a moment later than the place they go to.
  const from = Math.max(first, Math.min(seen.from, first + rows.length));
  const shown = rows.slice(from - first, Math.max(from, seen.to) - first);
  const height =
    mostHeight === undefined ? undefined : Math.min(mostHeight, (count + 1) * rowHeight + 16); // with room for a scroll bar
  return (
    <section
      className={className}
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={label}
      style={{ height }}
    >
      <table aria-rowcount={count + 1}>
        {caption !== undefined && <caption className="visually-hidden">{caption}</caption>}
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column, i) => (
              <th scope="col" key={column} title={column} aria-sort={ariaSort(props.sorting, i)}>
                {props.onSort ? (
                  <button
                    type="button"
                    className="sort"
                    onClick={() => props.onSort?.(next(props.sorting ?? null, i))}
                  >
                    <EndOf name={column} />
                    <span aria-hidden>{mark(props.sorting, i)}</span>
                  </button>
                ) : (
                  column
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr aria-hidden style={{ height: from * rowHeight }} />
          {shown.map((row, i) => (
            <tr key={keyOf(row)} aria-rowindex={from + i + 2} className={rowClass?.(row)}>
              {props.children(row)}
            </tr>
          ))}
          <tr aria-hidden style={{ height: (count - from - shown.length) * rowHeight }} />
        </tbody>
      </table>
    </section>
  );
}

/** Numbers the largest first, names from A on; the third press gives the first order back. */
function next(sorting: Sorting | null, column: number): Sorting | null {
  const first = column > 0;
  if (sorting?.column !== column) return { column, isDown: first };
  return sorting.isDown === first ? { column, isDown: !first } : null;
}

function ariaSort(sorting: Sorting | null | undefined, column: number) {
  if (sorting?.column !== column) return undefined;
  return sorting.isDown ? 'descending' : 'ascending';
}

function mark(sorting: Sorting | null | undefined, column: number): string {
  if (sorting?.column !== column) return '';
  return sorting.isDown ? ' ↓' : ' ↑';
}
