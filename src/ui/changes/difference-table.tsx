import { useMemo, useState } from 'react';
import { session } from '../../stores/use-session.ts';
import type { Difference } from '../../views/difference.ts';
import { percent } from '../conflicts/metrics.ts';
import { type DifferenceRow, differenceCsv, differenceRows } from './difference-rows.ts';
import type { By } from './group-rows.ts';
import { type GroupColumn, GroupTable } from './group-table.tsx';
import { sized } from './histogram.tsx';

const columns: readonly GroupColumn<DifferenceRow>[] = [
  {
    head: 'Cosine',
    of: ({ cosine }) => cosine,
    cell: ({ cosine }) => cosine?.toFixed(4) ?? '–',
  },
  { head: 'Changed', of: ({ nonZero }) => nonZero, cell: ({ nonZero }) => percent(nonZero) },
  { head: 'Mean |Δ|', of: ({ mean }) => mean, cell: ({ mean }) => sized(mean) },
  { head: 'Median |Δ|', of: ({ median }) => median, cell: ({ median }) => sized(median) },
  { head: 'Max |Δ|', of: ({ most }) => most, cell: ({ most }) => sized(most) },
  { head: 'L2', of: ({ norm }) => norm, cell: ({ norm }) => sized(norm) },
  {
    head: 'of the first',
    of: ({ overBase }) => overBase,
    cell: ({ overBase }) => percent(overBase),
  },
];

/** What differs, by group, layer or tensor. */
export function DifferenceTable({ difference }: { readonly difference: Difference }) {
  const [by, setBy] = useState<By>('group');
  const rows = useMemo(() => differenceRows(by, difference), [by, difference]);
  return (
    <>
      <GroupTable
        subject="Difference"
        label="What differs"
        by={by}
        onBy={setBy}
        rows={rows}
        whole={{ name: 'whole model', ...difference.whole }}
        columns={columns}
        csvOf={() => differenceCsv(difference)}
        chosen={difference.magnitudes.tensor?.name}
        onChoose={session.difference.getState().focusOn}
      />
      <p className="param-help">
        The cosine is that of the weights themselves. Δ is the second less the first; its length
        stands beside that of the first.
      </p>
    </>
  );
}
