import { useRun, useSeries } from '../../stores/use-session.ts';
import { bytes, duration } from '../kit/format.ts';

const phases = { measuring: 'Measuring', merging: 'Merging', verifying: 'Verifying' } as const;

const waits = {
  offline: 'This device is offline. The merge waits and goes on by itself',
  'rate-limited': 'The Hub asks to slow down',
  server: 'The Hub is in trouble',
  network: 'The connection broke',
} as const;

export function RunProgress() {
  const progress = useRun((state) => state.progress);
  const step = useSeries(({ current }) => (current?.state === 'under way' ? current : null));
  if (!progress) return <p className="run-starting">Starting…</p>;
  const { phase, tensor, tensorsDone, tensorsTotal, bytesDone, bytesTotal } = progress;
  const share = bytesTotal > 0 ? bytesDone / bytesTotal : 0;
  return (
    <div className="run-progress">
      <p className="run-phase">
        {step && `Recipe ${step.at + 1} of ${step.of}: `}
        <strong>{phases[phase]}</strong> <code className="run-tensor">{tensor}</code>
      </p>
      <progress value={share} max={1} aria-label={`${phases[phase]}, share of bytes`}>
        {Math.round(100 * share)} %
      </progress>
      <p className="run-numbers number">
        <span>
          {tensorsDone.toLocaleString('en')} / {tensorsTotal.toLocaleString('en')} tensors
        </span>
        <span>
          {bytes(bytesDone)} of {bytes(bytesTotal)}
        </span>
        {progress.throughput > 0 && <span>{bytes(progress.throughput)}/s</span>}
        {progress.downloaded > 0 && <span>{bytes(progress.downloaded)} downloaded</span>}
        {progress.eta !== null && <span>{duration(progress.eta)} left</span>}
      </p>
      {progress.waiting && (
        <p className="run-waiting" role="status">
          {waits[progress.waiting.reason]}
          {progress.waiting.seconds !== null &&
            progress.waiting.seconds >= 2 &&
            `, next try in ${duration(progress.waiting.seconds)}`}
        </p>
      )}
    </div>
  );
}
