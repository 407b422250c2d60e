import { type CSSProperties, useMemo, useState } from 'react';
import type { Survival } from '../../views/survival.ts';
import { percent } from '../conflicts/metrics.ts';
import { signed } from '../kit/format.ts';
import { Segmented } from '../kit/segmented.tsx';
import type { By } from './group-rows.ts';
import { type GroupColumn, GroupTable } from './group-table.tsx';
import { type Row, rowsBy, survivalCsv } from './survival-rows.ts';
import './survival-table.css';

type Figure = 'cosines' | 'ratios';

const figures: readonly { readonly value: Figure; readonly label: string }[] = [
  { value: 'cosines', label: 'Cosine' },
  { value: 'ratios', label: 'Length ratio' },
];

/** Columns of single numbers, beside those of the models. */
const columns: readonly GroupColumn<Row>[] = [
  {
    head: '÷ average',
    of: ({ overAverage }) => overAverage,
    cell: ({ overAverage }) => overAverage?.toFixed(2) ?? '–',
  },
  { head: 'of base', of: ({ overBase }) => overBase, cell: ({ overBase }) => percent(overBase) },
  { head: 'Signs flipped', of: ({ flipped }) => flipped, cell: ({ flipped }) => percent(flipped) },
  {
    head: 'Unchanged',
    of: ({ unchanged }) => unchanged,
    cell: ({ unchanged }) => percent(unchanged),
  },
  {
    head: 'Beyond F16',
    of: ({ beyondF16 }) => beyondF16,
    cell: ({ beyondF16 }) =>
      beyondF16 === null ? '–' : Math.round(beyondF16).toLocaleString('en'),
  },
];

/** What is left of each model, by group, layer or tensor: bars that stand on one line. */
export function SurvivalTable({ survival }: { readonly survival: Survival }) {
  const [by, setBy] = useState<By>('group');
  const [figure, setFigure] = useState<Figure>('cosines');
  const { models, whole } = survival;
  const rows = useMemo(() => rowsBy(by, survival), [by, survival]);
  const all = useMemo(
    () => [...columnsOf(models, figure, rows), ...columns],
    [models, figure, rows],
  );
  return (
    <GroupTable
      subject="Survival"
      label="What is left"
      by={by}
      onBy={setBy}
      rows={rows}
      whole={{ name: 'whole model', ...whole }}
      columns={all}
      csvOf={() => survivalCsv(survival)}
      tools={
        <Segmented label="Of each model" options={figures} value={figure} onChange={setFigure} />
      }
    />
  );
}

function columnsOf(
  models: readonly string[],
  figure: Figure,
  rows: readonly Row[],
): readonly GroupColumn<Row>[] {
  const most = rows.reduce(
    (longest, { ratios }) => Math.max(longest, ...ratios.map((ratio) => ratio ?? 0)),
    1,
  );
  return models.map((head, k) => ({
    head,
    of: (row) => row[figure][k],
    cell: ({ cosines, ratios }) =>
      figure === 'cosines' ? (
        <CosineBar cosine={cosines[k]} />
      ) : (
        <LengthBar ratio={ratios[k]} most={most} />
      ),
  }));
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
