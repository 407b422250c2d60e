import { Download } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { saveFile } from '../../commands/save-file.ts';
import { session } from '../../stores/use-session.ts';
import type { Difference } from '../../views/difference.ts';
import { Button } from '../kit/button.tsx';
import { SearchField } from '../kit/search-field.tsx';
import { Segmented } from '../kit/segmented.tsx';
import { type Sorting, WindowTable } from '../kit/window-table.tsx';
import { type DifferenceRow, differenceCsv, differenceRows } from './difference-rows.ts';
import { Numbers } from './statistics.tsx';
import { type By, bys, inOrder } from './survival-rows.ts';

const columns: readonly {
  readonly head: string;
  readonly of: (row: DifferenceRow) => number | string | null;
}[] = [
  { head: 'Name', of: ({ name }) => name },
  { head: 'Cosine', of: ({ cosine }) => cosine },
  { head: 'Changed', of: ({ nonZero }) => nonZero },
  { head: 'Mean |Δ|', of: ({ mean }) => mean },
  { head: 'Median |Δ|', of: ({ median }) => median },
  { head: 'Max |Δ|', of: ({ most }) => most },
  { head: 'L2', of: ({ norm }) => norm },
  { head: 'of the first', of: ({ overBase }) => overBase },
];

/** What differs, by group, layer or tensor, to sort and to search. */
export function DifferenceTable({ difference }: { readonly difference: Difference }) {
  const [by, setBy] = useState<By>('group');
  const [typed, setSearch] = useState('');
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const search = useDeferredValue(typed);
  const all = useMemo(() => differenceRows(by, difference), [by, difference]);
  const found = useMemo(
    () => inOrder(all, search, sorting, (row, column) => columns[column].of(row)),
    [all, search, sorting],
  );
  const rows = search ? found : [{ name: 'whole model', ...difference.whole }, ...found];
  const chosen = difference.magnitudes.tensor?.name;
  const { focusOn } = session.difference.getState();
  return (
    <>
      <div className="delta-tools">
        <Segmented label="Difference by" options={bys} value={by} onChange={setBy} />
        <SearchField label={`Search for a ${by}`} value={typed} onChange={setSearch} />
        <Button
          look="quiet"
          onPress={() =>
            saveFile('difference.csv', new Blob([differenceCsv(difference)], { type: 'text/csv' }))
          }
        >
          <Download aria-hidden /> CSV
        </Button>
      </div>
      <WindowTable
        className="delta-tensors"
        label={`What differs by ${by}`}
        columns={columns.map(({ head }) => head)}
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
              {by === 'tensor' && row.name !== 'whole model' ? (
                <button type="button" className="link" onClick={() => focusOn(row.name)}>
                  <bdi>{row.name}</bdi>
                </button>
              ) : (
                <bdi>{row.name}</bdi>
              )}
            </th>
            <td className="number">{row.cosine?.toFixed(4) ?? '–'}</td>
            <Numbers of={row} />
          </>
        )}
      </WindowTable>
      {search && found.length === 0 && (
        <p className="param-help">
          No {by} has “{search}” in its name.
        </p>
      )}
      <p className="param-help">
        The cosine is that of the weights themselves. Δ is the second less the first; its length
        stands beside that of the first.
      </p>
    </>
  );
}
