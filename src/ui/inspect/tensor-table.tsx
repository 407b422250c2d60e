import { useEffect, useRef } from 'react';
import { findMethod } from '../../methods/registry.ts';
import type { TableRows, TensorRow } from '../../plan/table.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { plain } from '../kit/format.ts';
import { useRowWindow } from '../kit/row-window.ts';

const columns = ['Tensor', 'Where', 'Shape', 'Dtype', 'Becomes', 'Parameters'];

/** Pixels, as the style sheet has them. */
const rowHeight = 34;

type TensorTableProps = {
  readonly count: number;
  /** The rows that have come; null before the first. */
  readonly table: TableRows | null;
};

/** A table of any length: only the rows that are seen, and a few around them, are in the document. */
export function TensorTable({ count, table }: TensorTableProps) {
  const scroller = useRef<HTMLElement>(null);
  const { from, to } = useRowWindow(scroller, count, rowHeight);
  useEffect(() => session.planning.getState().want({ from, to }), [from, to]);
  // Scrolled fast, the rows come a moment later than the place they go to.
  const rows = table?.rows ?? [];
  const above = table?.window.from ?? 0;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="tensor-scroll" ref={scroller} tabIndex={0} aria-label="Tensor table">
      <table className="tensor-table" aria-rowcount={count + 1}>
        <caption className="visually-hidden">Tensors of the output</caption>
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
          <tr aria-hidden style={{ height: above * rowHeight }} />
          {rows.map((row, i) => (
            <Row key={row.tensor} row={row} index={above + i} />
          ))}
          <tr aria-hidden style={{ height: (count - above - rows.length) * rowHeight }} />
        </tbody>
      </table>
    </section>
  );
}

type RowProps = { readonly row: TensorRow; readonly index: number };

function Row({ row, index }: RowProps) {
  const { tensor, group, layer, shape, dtype, act, params } = row;
  return (
    <tr aria-rowindex={index + 2} className="tensor-row">
      <th scope="row" className="tensor-name" title={tensor}>
        <bdi>{tensor}</bdi>
      </th>
      <td className="number">
        {group}
        {layer !== null && <span className="faint"> · {layer}</span>}
      </td>
      <td className="number">{shape.join(' × ') || 'scalar'}</td>
      <td>{dtype}</td>
      <td>
        <span className={`act is-${act.split(' ')[0]}`}>{act}</span>
        {params && <span className="faint"> of {params.perModel.length}</span>}
      </td>
      <td className="tensor-params number">{params ? <Params params={params} /> : '–'}</td>
    </tr>
  );
}

/** The resolved numbers: "λ 0.8 · weight 1, 1, −1". */
function Params({ params }: { readonly params: NonNullable<TensorRow['params']> }) {
  const rules = useRecipe((state) => state.recipe.rules.length);
  const method = findMethod(useRecipe((state) => state.recipe.method));
  const globals = Object.entries(params.global)
    .filter(([, value]) => typeof value === 'number')
    .map(([key, value]) => `${method?.params.global[key]?.label ?? key} ${plain(value as number)}`);
  const keys = Object.keys(params.perModel[0] ?? {});
  const each = keys.map(
    (key) =>
      `${key} ${params.perModel
        .map((values) => values[key])
        .map(textOf)
        .join(', ')}`,
  );
  const text = [...globals, ...each].join(' · ');
  return <span title={rules > 0 ? `${text} (layer rules applied)` : text}>{text}</span>;
}

const textOf = (value: unknown) =>
  typeof value === 'number' ? plain(value).replace('-', '−') : String(value);
