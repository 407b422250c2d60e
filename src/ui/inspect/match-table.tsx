import type { MatchRow } from '../../plan/types.ts';
import { plain } from '../kit/format.ts';
import { WindowTable } from '../kit/window-table.tsx';

const columns = ['Module', 'Tensor of the base', 'Kind', 'Rank', 'Alpha', 'Scale', 'Stored'];

type MatchTableProps = { readonly name: string; readonly rows: readonly MatchRow[] };

/** Module by module, how an adapter meets the base. */
export function MatchTable({ name, rows }: MatchTableProps) {
  return (
    <WindowTable
      className="match-scroll"
      label={`Match table of ${name}`}
      columns={columns}
      count={rows.length}
      rows={rows}
      rowHeight={24}
      mostHeight={320}
      keyOf={({ module, tensor }) => `${module} ${tensor}`}
      rowClass={({ tensor }) => (tensor === null ? 'is-unmatched' : '')}
    >
      {(row) => <Cells row={row} />}
    </WindowTable>
  );
}

function Cells({ row }: { readonly row: MatchRow }) {
  const { module, tensor, type, rank, alpha, scale, dtype, why } = row;
  const name = (
    <th scope="row" className="match-name" title={module}>
      <bdi>{module}</bdi>
    </th>
  );
  if (tensor === null) {
    return (
      <>
        {name}
        <td colSpan={5} className="match-why" title={why ?? undefined}>
          none: {why}
        </td>
        <td>{dtype}</td>
      </>
    );
  }
  return (
    <>
      {name}
      <td className="match-name" title={tensor}>
        <bdi>{tensor}</bdi>
      </td>
      <td>{type || '–'}</td>
      <td className="number">{rank ?? '–'}</td>
      <td className="number">{alpha === null ? '–' : plain(alpha)}</td>
      <td className="number">{scale === null ? '–' : `× ${plain(scale)}`}</td>
      <td>{dtype}</td>
    </>
  );
}
