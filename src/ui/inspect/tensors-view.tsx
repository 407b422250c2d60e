import { useVirtualizer } from '@tanstack/react-virtual';
import { Search } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { findMethod } from '../../methods/registry.ts';
import type { Job } from '../../plan/types.ts';
import { planOf } from '../../stores/planning.ts';
import { filterRows, rowsOf, type TensorRow } from '../../stores/tensor-rows.ts';
import { session, usePlanned, useRecipe, useView } from '../../stores/use-session.ts';
import { counted, plain } from '../kit/format.ts';
import './tensors.css';

const rowHeight = 34;

/** Every tensor of the output: where it lies, what happens to it, with which parameters. */
export default function TensorsView() {
  const plan = planOf(usePlanned());
  const filter = useView((state) => state.tensorFilter);
  const rows = useMemo(() => (plan ? rowsOf(plan) : []), [plan]);
  const shown = useMemo(() => filterRows(rows, filter), [rows, filter]);
  if (!plan) {
    return (
      <p className="tensors-empty">
        The tensors show here once the models fit together; see Checks.
      </p>
    );
  }
  return (
    <div className="tensors">
      <div className="tensor-bar">
        <label className="search">
          <Search aria-hidden />
          <span className="visually-hidden">Filter tensors</span>
          <input
            type="search"
            placeholder="Filter: layers.3 mlp, norms, copy …"
            value={filter}
            spellCheck={false}
            onChange={(event) => session.view.getState().filterTensors(event.target.value)}
          />
        </label>
        <span className="small faint number" role="status">
          {shown.length === rows.length
            ? counted(rows.length, 'tensor')
            : `${shown.length} of ${counted(rows.length, 'tensor')}`}
        </span>
      </div>
      {shown.length === 0 ? (
        <p className="tensors-empty">No tensor has all of these words.</p>
      ) : (
        <TensorTable rows={shown} />
      )}
    </div>
  );
}

const columns = ['Tensor', 'Where', 'Shape', 'Dtype', 'Becomes', 'Parameters'];

function TensorTable({ rows }: { readonly rows: readonly TensorRow[] }) {
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="tensor-scroll" ref={scroller} tabIndex={0} aria-label="Tensor table">
      <table className="tensor-table" aria-rowcount={rows.length + 1}>
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
          <tr aria-hidden style={{ height: before }} />
          {items.map(({ index }) => (
            <Row key={rows[index].job.tensor} row={rows[index]} index={index} />
          ))}
          <tr aria-hidden style={{ height: after }} />
        </tbody>
      </table>
    </section>
  );
}

type RowProps = { readonly row: TensorRow; readonly index: number };

function Row({ row, index }: RowProps) {
  const { job, group, layer, act, models } = row;
  return (
    <tr aria-rowindex={index + 2} className="tensor-row">
      <th scope="row" className="tensor-name" title={job.tensor}>
        <bdi>{job.tensor}</bdi>
      </th>
      <td className="number">
        {group}
        {layer !== null && <span className="faint"> · {layer}</span>}
      </td>
      <td className="number">{job.shape.join(' × ') || 'scalar'}</td>
      <td>{job.dtype}</td>
      <td>
        <span className={`act is-${act.split(' ')[0]}`}>{act}</span>
        {models > 0 && <span className="faint"> of {models}</span>}
      </td>
      <td className="tensor-params number">
        <Params job={job} />
      </td>
    </tr>
  );
}

/** The resolved numbers: "λ 0.8 · weight 1, 1, −1". */
function Params({ job }: { readonly job: Job }) {
  const rules = useRecipe((state) => state.recipe.rules.length);
  const method = findMethod(useRecipe((state) => state.recipe.method));
  const part = job.parts.find((candidate) => candidate.kind === 'merge');
  if (!part) return '–';
  const globals = Object.entries(part.global)
    .filter(([, value]) => typeof value === 'number')
    .map(([key, value]) => `${method?.params.global[key]?.label ?? key} ${plain(value as number)}`);
  const keys = Object.keys(part.perModel[0] ?? {});
  const each = keys.map(
    (key) =>
      `${key} ${part.perModel
        .map((values) => values[key])
        .map(textOf)
        .join(', ')}`,
  );
  const text = [...globals, ...each].join(' · ');
  return <span title={rules > 0 ? `${text} (layer rules applied)` : text}>{text}</span>;
}

const textOf = (value: unknown) =>
  typeof value === 'number' ? plain(value).replace('-', '−') : String(value);
