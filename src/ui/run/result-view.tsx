import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { merge } from '../../commands/merge.ts';
import { mergeSeries } from '../../commands/series.ts';
import type { RunResult, VerifyReport } from '../../engine/protocol.ts';
import { session, useRun, useSeries } from '../../stores/use-session.ts';
import { ShareLine } from '../inspect/share-line.tsx';
import { Button } from '../kit/button.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { bytes, counted, duration } from '../kit/format.ts';
import { LongList } from '../kit/long-list.tsx';
import { Kept } from './kept.tsx';
import { Mosaic } from './mosaic.tsx';
import { ProofOf } from './proof.tsx';
import { ResultFiles } from './result-files.tsx';
import { Remarks, TensorNotes } from './tensor-notes.tsx';
import './result.css';

/** What the run made, and the proof that it is right. */
export default function ResultView() {
  const phase = useRun((state) => state.phase);
  switch (phase) {
    case 'idle':
      return (
        <div className="result">
          <h3 className="view-title">Result</h3>
          <p className="empty">
            Nothing merged in this visit. Press Merge; the file is read back and checked here, with
            its checksums.
          </p>
          <Kept />
        </div>
      );
    case 'running':
    case 'cancelling':
      return (
        <div className="result">
          <h3 className="view-title">Merging…</h3>
          <Underway />
          <Remarks />
          <Kept />
        </div>
      );
    case 'cancelled':
      return <Cancelled />;
    case 'failed':
      return <Failed />;
    case 'done':
      return <Done />;
    default:
      return phase satisfies never;
  }
}

/** How far the run has come, tensor by tensor. */
function Underway() {
  const rows = useRun((state) => state.rows);
  const cells = useRun((state) => state.cells);
  const now = useRun((state) => state.progress?.cell ?? null);
  return rows.length > 0 && <Mosaic rows={rows} cells={cells} now={now} />;
}

function Cancelled() {
  const step = useSeries(({ current }) => (current?.state === 'cancelled' ? current : null));
  const { name, at, of } = step ?? { name: null, at: 0, of: 1 };
  return (
    <div className="result">
      <h3 className="view-title">Cancelled</h3>
      <p className="empty">
        {at === 0
          ? 'The run was cancelled. Nothing was kept.'
          : `The run was cancelled at recipe ${at + 1} of ${of}${name === null ? '' : `, ${name}`}: nothing of it was kept. Results before it are kept, and not made again.`}
      </p>
      <Kept />
    </div>
  );
}

function Failed() {
  const failure = useRun((state) => state.failure);
  const leftovers = useRun((state) => state.leftovers);
  const step = useSeries(({ current }) => (current?.state === 'failed' ? current : null));
  const again = step ? mergeSeries : merge;
  return (
    <div className="result">
      <h3 className="view-title">The merge failed</h3>
      {step && (
        <p>
          At recipe {step.at + 1} of {step.of}
          {step.name !== null && `, ${step.name}`}. Results before it are kept, and not made again.
        </p>
      )}
      <div className="finding is-error" role="alert">
        <CircleX aria-hidden className="finding-icon" />
        <div className="finding-text">
          {failure && <FailureText failure={failure} />}
          {leftovers.length === 0 && (
            <p className="finding-advice">No half file was left behind.</p>
          )}
        </div>
        <Button onPress={() => void again.run(session)}>Try again</Button>
      </div>
      <Kept />
    </div>
  );
}

function Done() {
  const result = useRun((state) => state.result);
  const name = useRun((state) => state.name);
  const share = useRun((state) => state.share);
  if (!result) return null;
  const { verify } = result;
  return (
    <div className="result">
      <h3 className="view-title">{name}</h3>
      <Verdict verify={verify} />
      <Said noun="problem" items={verify.problems} />
      <Said noun="remark" items={verify.remarks} />
      {verify.proof && <ProofOf proof={verify.proof} />}
      {share && <ShareLine share={share} />}
      <Figures result={result} />
      <Underway />
      <ResultFiles result={result} />
      <TensorNotes reports={result.tensors} />
      <Kept />
    </div>
  );
}

type SaidProps = { readonly noun: 'problem' | 'remark'; readonly items: readonly string[] };

/** What the check has to say, sentence by sentence. */
function Said({ noun, items }: SaidProps) {
  if (items.length === 0) return null;
  return (
    <LongList
      items={items}
      label={counted(items.length, noun)}
      className={`${noun}s`}
      keyOf={(sentence) => sentence}
    >
      {(sentence) => sentence}
    </LongList>
  );
}

function Verdict({ verify }: { readonly verify: VerifyReport }) {
  if (!verify.ok) {
    return (
      <p className="lead is-bad">
        <CircleX aria-hidden />
        <span>Written, but the check found problems.</span>
      </p>
    );
  }
  const plain = verify.remarks.length === 0;
  return (
    <p className={`lead ${plain ? 'is-good' : 'is-fair'}`}>
      {plain ? <CircleCheck aria-hidden /> : <TriangleAlert aria-hidden />}
      <span>
        Merged, written, read back and verified{plain ? '.' : ', with values that are not finite.'}
      </span>
    </p>
  );
}

function Figures({ result }: { readonly result: RunResult }) {
  const { verify, tensors, seconds, bytesRead, bytesWritten, backend } = result;
  const isCompared = tensors.some(({ changed }) => changed !== null);
  const facts: readonly (readonly [string, string, string])[] = [
    isCompared
      ? [
          'Tensors changed',
          `${verify.tensorsChanged} / ${verify.tensors}`,
          'compared with the base',
        ]
      : ['Tensors', verify.tensors.toLocaleString('en'), 'written'],
    ['NaN or infinite', (verify.nan + verify.infinite).toLocaleString('en'), 'in the output'],
    ['Saturated', verify.saturated.toLocaleString('en'), 'too large for the dtype'],
    ['Time', duration(seconds), backend],
    ['Read', bytes(bytesRead), `${bytes(bytesRead / Math.max(seconds, 1e-3))}/s`],
    ['Written', bytes(bytesWritten), counted(verify.files.length, 'file')],
  ];
  return (
    <dl className="figures number">
      {facts.map(([name, value, note]) => (
        <div key={name} className="figure">
          <dt>{name}</dt>
          <dd className="figure-value">{value}</dd>
          <dd className="figure-note">{note}</dd>
        </div>
      ))}
    </dl>
  );
}
