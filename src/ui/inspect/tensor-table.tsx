import { findMethod } from '../../methods/registry.ts';
import type { TableRows, TensorRow } from '../../plan/table.ts';
import { session, useRecipe } from '../../stores/use-session.ts';
import { plain } from '../kit/format.ts';
import { WindowTable } from '../kit/window-table.tsx';

const columns = ['Tensor', 'Where', 'Shape', 'Dtype', 'Becomes', 'Parameters'];

type TensorTableProps = {
  readonly count: number;
  /** The rows that have come; null before the first. */
  readonly table: TableRows | null;
};

/** Every tensor of the output; rows are asked for as they are seen. */
export function TensorTable({ count, table }: TensorTableProps) {
  return (
    <WindowTable
      className="tensor-scroll"
      label="Tensor table"
      caption="Tensors of the output"
      columns={columns}
      count={count}
      rows={table?.rows ?? []}
      from={table?.window.from ?? 0}
      rowHeight={34}
      keyOf={({ tensor }) => tensor}
      rowClass={() => 'tensor-row'}
      onWindow={(from, to) => session.planning.getState().want({ from, to })}
    >
      {(row) => <Cells row={row} />}
    </WindowTable>
  );
}

function Cells({ row }: { readonly row: TensorRow }) {
  const { tensor, group, layer, shape, dtype, act, params } = row;
  return (
    <>
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
    </>
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
