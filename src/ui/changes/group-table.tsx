import { Download } from 'lucide-react';
import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { saveFile } from '../../commands/save-file.ts';
import { Button } from '../kit/button.tsx';
import { counted } from '../kit/format.ts';
import { SearchField } from '../kit/search-field.tsx';
import { Segmented } from '../kit/segmented.tsx';
import { type Sorting, WindowTable } from '../kit/window-table.tsx';
import { type By, bys, inOrder } from './group-rows.ts';
import './group-table.css';

export type GroupColumn<Row> = {
  readonly head: string;
  /** What the column is sorted by. */
  readonly of: (row: Row) => number | null;
  /** What stands in its cell. */
  readonly cell: (row: Row) => ReactNode;
};

type GroupTableProps<Row> = {
  /** Of the picture the table belongs to, for the switch of lines and the file: "Survival". */
  readonly subject: string;
  /** What the lines tell: "What is left". */
  readonly label: string;
  readonly by: By;
  readonly onBy: (by: By) => void;
  /** All lines of `by`, in the order of the model. */
  readonly rows: readonly Row[];
  /** The line of the whole model, above them. */
  readonly whole: Row;
  /** The same array as long as it says the same. */
  readonly columns: readonly GroupColumn<Row>[];
  /** Every line there is, as a file. */
  readonly csvOf: () => string;
  /** More to be chosen. */
  readonly tools?: ReactNode;
  /** The tensor that is chosen, and what a press on the name of one does. */
  readonly chosen?: string | undefined;
  readonly onChoose?: (tensor: string) => void;
};

/** Numbers by group, layer or tensor, to sort, to search and to take along. */
export function GroupTable<Row extends { readonly name: string }>(props: GroupTableProps<Row>) {
  const { subject, label, by, rows: all, whole, columns, chosen, onChoose } = props;
  const [typed, setSearch] = useState('');
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const search = useDeferredValue(typed);
  const found = useMemo(
    () =>
      inOrder(all, search, sorting, (row, column) =>
        column === 0 ? row.name : columns[column - 1].of(row),
      ),
    [all, search, sorting, columns],
  );
  const rows = search ? found : [whole, ...found];
  const save = () =>
    saveFile(`${subject.toLowerCase()}.csv`, new Blob([props.csvOf()], { type: 'text/csv' }));
  return (
    <>
      <div className="delta-tools">
        <Segmented label={`${subject} by`} options={bys} value={by} onChange={props.onBy} />
        {props.tools}
        <SearchField label={`Search for a ${by}`} value={typed} onChange={setSearch} />
        <Button look="quiet" onPress={save}>
          <Download aria-hidden /> CSV
        </Button>
      </div>
      <WindowTable
        className="delta-tensors by-group"
        label={`${label} by ${by}`}
        columns={[
          bys.find(({ value }) => value === by)?.label ?? by,
          ...columns.map(({ head }) => head),
        ]}
        sorting={sorting}
        onSort={setSorting}
        count={rows.length}
        rows={rows}
        rowHeight={26}
        mostHeight={420}
        keyOf={({ name }) => name}
        rowClass={({ name }) => (name === chosen ? 'is-current' : '')}
      >
        {(row) => (
          <>
            <th scope="row" title={row.name}>
              {onChoose && by === 'tensor' && row !== whole ? (
                <button type="button" className="link" onClick={() => onChoose(row.name)}>
                  <bdi>{row.name}</bdi>
                </button>
              ) : (
                <bdi>{row.name}</bdi>
              )}
            </th>
            {columns.map(({ head, cell }) => (
              <td key={head} className="number">
                {cell(row)}
              </td>
            ))}
          </>
        )}
      </WindowTable>
      {search && (
        <p className="param-help" role="status">
          {found.length === 0
            ? `No ${by} has “${search}” in its name.`
            : `${counted(found.length, by)} of ${all.length.toLocaleString('en')}.`}
        </p>
      )}
    </>
  );
}
