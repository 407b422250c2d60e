import { useMemo } from 'react';
import type { TensorReport } from '../../engine/protocol.ts';
import type { Plan } from '../../plan/types.ts';
import { type MosaicRow, mosaicOf } from '../../stores/mosaic.ts';
import './mosaic.css';

type MosaicProps = {
  readonly plan: Plan;
  /** Tensors written so far. */
  readonly done: number;
  /** What is known of finished ones; those with something to say are marked. */
  readonly reports?: readonly TensorReport[];
};

/** Every tensor as a cell, a row a layer; cells fill as the merge goes through the model. */
export function Mosaic({ plan, done, reports = [] }: MosaicProps) {
  const rows = useMemo(() => mosaicOf(plan), [plan]);
  const loud = useMemo(
    () => new Set(reports.filter(hasMore).map(({ tensor }) => tensor)),
    [reports],
  );
  return (
    <div
      className="mosaic"
      role="img"
      aria-label={`${done} of ${plan.jobs.length} tensors written, ${loud.size} with remarks`}
    >
      {rows.map((row) => (
        <Row key={row.name} row={row} done={done} loud={loud} />
      ))}
    </div>
  );
}

type RowProps = {
  readonly row: MosaicRow;
  readonly done: number;
  readonly loud: ReadonlySet<string>;
};

function Row({ row, done, loud }: RowProps) {
  return (
    <div className="mosaic-row">
      <span className="mosaic-name number">{row.name}</span>
      {row.cells.map(({ tensor, index }) => (
        <span
          key={tensor}
          title={tensor}
          className={`mosaic-cell ${stateOf(index, done)} ${loud.has(tensor) ? 'is-loud' : ''}`}
        />
      ))}
    </div>
  );
}

const stateOf = (index: number, done: number) =>
  index < done ? 'is-done' : index === done ? 'is-now' : '';

const hasMore = ({ notes, saturated, nonFinite, changed }: TensorReport) =>
  notes.length > 0 || saturated > 0 || nonFinite > 0 || changed === false;
