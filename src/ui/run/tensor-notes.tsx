import { useMemo } from 'react';
import type { TensorReport } from '../../engine/protocol.ts';
import { useRun } from '../../stores/use-session.ts';
import { counted } from '../kit/format.ts';
import { LongList } from '../kit/long-list.tsx';

/** The latest tensors with something to say while a run is under way. */
export function Remarks() {
  const remarks = useRun((state) => state.progress?.remarks);
  if (!remarks || remarks.length === 0) return null;
  return (
    <section>
      <h4>Latest remarks</h4>
      <ul className="notes">
        {remarks.map((report) => (
          <li key={report.tensor}>
            <Note report={report} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Tensors with something to say; the quiet ones are only counted. */
export function TensorNotes({ reports }: { readonly reports: readonly TensorReport[] }) {
  const loud = useMemo(() => reports.filter(hasMore), [reports]);
  const quiet = reports.length - loud.length;
  return (
    <section>
      <h4>Tensor by tensor</h4>
      {quiet > 0 && (
        <p className="small">{counted(quiet, 'tensor')} merged with nothing to report.</p>
      )}
      {loud.length > 0 && (
        <LongList
          items={loud}
          label={counted(loud.length, 'tensor with remarks', 'tensors with remarks')}
          className="notes"
          keyOf={({ tensor }) => tensor}
        >
          {(report) => <Note report={report} />}
        </LongList>
      )}
    </section>
  );
}

function Note({ report }: { readonly report: TensorReport }) {
  return (
    <>
      <code>{report.tensor}</code>
      <span className="faint">{wordsOf(report).join('; ')}</span>
    </>
  );
}

const hasMore = ({ notes, saturated, nonFinite, changed }: TensorReport) =>
  notes.length > 0 || saturated > 0 || nonFinite > 0 || changed === false;

function wordsOf({ notes, saturated, nonFinite, changed }: TensorReport): readonly string[] {
  return [
    ...(changed === false ? ['unchanged'] : []),
    ...(saturated > 0 ? [`${saturated.toLocaleString('en')} saturated`] : []),
    ...(nonFinite > 0 ? [`${nonFinite.toLocaleString('en')} not finite`] : []),
    ...notes,
  ];
}
