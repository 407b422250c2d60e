import { useRun } from '../../stores/use-session.ts';
import { bytes, duration } from '../kit/format.ts';

const phases = { measuring: 'Measuring', merging: 'Merging', verifying: 'Verifying' } as const;

export function RunProgress() {
  const progress = useRun((state) => state.progress);
  if (!progress) return <p className="run-starting">Starting…</p>;
  const { phase, tensor, tensorsDone, tensorsTotal, bytesDone, bytesTotal } = progress;
  const share = bytesTotal > 0 ? bytesDone / bytesTotal : 0;
  return (
    <div className="run-progress">
      <p className="run-phase">
        <strong>{phases[phase]}</strong> <code className="run-tensor">{tensor}</code>
      </p>
      <progress value={share} max={1} aria-label={`${phases[phase]}, share of bytes`}>
        {Math.round(100 * share)} %
      </progress>
      <p className="run-numbers number">
        <span>
          {tensorsDone} / {tensorsTotal} tensors
        </span>
        <span>
          {bytes(bytesDone)} of {bytes(bytesTotal)}
        </span>
        {progress.throughput > 0 && <span>{bytes(progress.throughput)}/s</span>}
        {progress.eta !== null && <span>{duration(progress.eta)} left</span>}
      </p>
    </div>
  );
}
