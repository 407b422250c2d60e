import type { TensorReport } from '../../engine/protocol.ts';
import { useRun } from '../../stores/use-session.ts';
import { counted } from '../kit/format.ts';

const wheres = { cpu: 'CPU', webgpu: 'WebGPU', copy: 'copied' } as const;

/** The latest tensors while a run is under way. */
export function RunLog() {
  const log = useRun((state) => state.log);
  return (
    <ol className="run-log" aria-label="Finished tensors, latest first">
      {log.map((report) => (
        <li key={report.tensor}>
          <code>{report.tensor}</code>
          <span className="faint">{[wheres[report.backend], ...report.notes].join(', ')}</span>
        </li>
      ))}
    </ol>
  );
}

/** Tensors with something to say; the quiet ones are only counted. */
export function TensorNotes({ reports }: { readonly reports: readonly TensorReport[] }) {
  const loud = reports.filter(
    ({ notes, saturated, nonFinite, changed }) =>
      notes.length > 0 || saturated > 0 || nonFinite > 0 || changed === false,
  );
  const quiet = reports.length - loud.length;
  return (
    <section>
      <h4>Tensor by tensor</h4>
      {quiet > 0 && (
        <p className="small">{counted(quiet, 'tensor')} merged with nothing to report.</p>
      )}
      {loud.length > 0 && (
        <ul className="notes">
          {loud.slice(0, 300).map((report) => (
            <li key={report.tensor}>
              <code>{report.tensor}</code>
              <span className="faint">{wordsOf(report).join('; ')}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function wordsOf({ notes, saturated, nonFinite, changed }: TensorReport): readonly string[] {
  return [
    ...(changed === false ? ['unchanged'] : []),
    ...(saturated > 0 ? [`${saturated.toLocaleString('en')} saturated`] : []),
    ...(nonFinite > 0 ? [`${nonFinite.toLocaleString('en')} not finite`] : []),
    ...notes,
  ];
}
