import { Download } from 'lucide-react';
import { type CSSProperties, useDeferredValue, useMemo, useState } from 'react';
import { saveFile } from '../../commands/save-file.ts';
import type { Survival } from '../../views/survival.ts';
import { percent } from '../conflicts/metrics.ts';
import { Button } from '../kit/button.tsx';
import { counted, signed } from '../kit/format.ts';
import { SearchField } from '../kit/search-field.tsx';
import { Segmented } from '../kit/segmented.tsx';
import { type Sorting, WindowTable } from '../kit/window-table.tsx';
import { type By, bys, columns, inOrder, type Row, rowsBy, survivalCsv } from './survival-rows.ts';

type Figure = 'cosines' | 'ratios';

const figures: readonly { readonly value: Figure; readonly label: string }[] = [
  { value: 'cosines', label: 'Cosine' },
  { value: 'ratios', label: 'Length ratio' },
];

/** What is left of each model, by group, layer or tensor: bars that stand on one line, to sort and to search. */
export function SurvivalTable({ survival }: { readonly survival: Survival }) {
  const [by, setBy] = useState<By>('group');
  const [figure, setFigure] = useState<Figure>('cosines');
  const [typed, setSearch] = useState('');
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const search = useDeferredValue(typed);
  const { models, whole } = survival;
  const all = useMemo(() => rowsBy(by, survival), [by, survival]);
  const found = useMemo(
    () =>
      inOrder(all, search, sorting, (row, column) => {
        if (column === 0) return row.name;
        const single = columns[column - 1 - models.length];
        return single ? single.of(row) : row[figure][column - 1];
      }),
    [all, search, sorting, models, figure],
  );
  const most = Math.max(1, ...all.flatMap(({ ratios }) => ratios.map((ratio) => ratio ?? 0)));
  const rows: readonly Row[] = search ? found : [{ name: 'whole model', ...whole }, ...found];
  return (
    <>
      <div className="delta-tools">
        <Segmented label="Survival by" options={bys} value={by} onChange={setBy} />
        <Segmented label="Of each model" options={figures} value={figure} onChange={setFigure} />
        <SearchField label={`Search for a ${by}`} value={typed} onChange={setSearch} />
        <Button
          look="quiet"
          onPress={() =>
            saveFile('survival.csv', new Blob([survivalCsv(survival)], { type: 'text/csv' }))
          }
        >
          <Download aria-hidden /> CSV
        </Button>
      </div>
      <WindowTable
        className="delta-tensors survival"
        label={`What is left by ${by}`}
        columns={[
          bys.find(({ value }) => value === by)?.label ?? by,
          ...models,
          ...columns.map(({ head }) => head),
        ]}
        sorting={sorting}
        onSort={setSorting}
        count={rows.length}
        rows={rows}
        rowHeight={26}
        mostHeight={420}
        keyOf={({ name }) => name}
      >
        {(row) => (
          <>
            <th scope="row" title={row.name}>
              <bdi>{row.name}</bdi>
            </th>
            {models.map((name, k) => (
              <td key={name} className="number">
                {figure === 'cosines' ? (
                  <CosineBar cosine={row.cosines[k]} />
                ) : (
                  <LengthBar ratio={row.ratios[k]} most={most} />
                )}
              </td>
            ))}
            <td className="number">{row.overAverage?.toFixed(2) ?? '–'}</td>
            <td className="number">{percent(row.overBase)}</td>
            <td className="number">{percent(row.flipped)}</td>
            <td className="number">{percent(row.unchanged)}</td>
            <td className="number">
              {row.beyondF16 === null ? '–' : Math.round(row.beyondF16).toLocaleString('en')}
            </td>
          </>
        )}
      </WindowTable>
      {search && found.length === 0 && (
        <p className="param-help">
          No {by} has “{search}” in its name.
        </p>
      )}
      {search && found.length > 0 && (
        <p className="param-help">
          {counted(found.length, by)} of {all.length.toLocaleString('en')}.
        </p>
      )}
    </>
  );
}

/** From the middle to the right for plus, to the left for minus; the number beside it. */
function CosineBar({ cosine }: { readonly cosine: number | null }) {
  const style = { '--size': Math.abs(cosine ?? 0) } as CSSProperties;
  return (
    <span className="survival-cell">
      <span aria-hidden className="survival-bar is-both" style={style}>
        <span className={(cosine ?? 0) < 0 ? 'is-minus' : 'is-plus'} />
      </span>
      {cosine === null ? '–' : signed(cosine)}
    </span>
  );
}

type LengthBarProps = { readonly ratio: number | null; readonly most: number };

/** From the left, the longest there is to the end; a line stands where it would be as long as the model's own. */
function LengthBar({ ratio, most }: LengthBarProps) {
  const style = { '--size': (ratio ?? 0) / most, '--one': 1 / most } as CSSProperties;
  return (
    <span className="survival-cell">
      <span aria-hidden className="survival-bar is-length" style={style}>
        <span />
      </span>
      {ratio === null ? '–' : `×\u2009${ratio.toFixed(2)}`}
    </span>
  );
}
