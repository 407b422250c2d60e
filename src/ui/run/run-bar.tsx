import { Combine, Cpu, Gpu, Square } from 'lucide-react';
import { askDevice } from '../../commands/begin.ts';
import { cancel } from '../../commands/cancel.ts';
import { merge } from '../../commands/merge.ts';
import type { BackendChoice } from '../../engine/protocol.ts';
import { gib } from '../../stores/device.ts';
import { countOf, opening, outlookOf } from '../../stores/planning.ts';
import { isBusy } from '../../stores/run.ts';
import {
  session,
  useDevice,
  useFindings,
  useModels,
  usePlanning,
  useRecipe,
  useRun,
} from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { bytes, counted, memory } from '../kit/format.ts';
import { Segmented } from '../kit/segmented.tsx';
import { RunProgress } from './run-progress.tsx';
import './run.css';

const backends: readonly { readonly value: BackendChoice; readonly label: string }[] = [
  { value: 'auto', label: 'Auto' },
  { value: 'webgpu', label: 'WebGPU' },
  { value: 'cpu', label: 'CPU' },
];

const budgets = [gib / 4, gib / 2, gib, 2 * gib, 4 * gib, 8 * gib];

/** Where it runs, with how much memory, and the button. */
export function RunBar() {
  const busy = useRun(isBusy);
  return (
    <section className="run-bar" aria-labelledby="run-title">
      <h2 className="region-title">
        <span className="region-number" aria-hidden>
          4
        </span>
        <span id="run-title">Merge</span>
      </h2>
      {busy ? <RunProgress /> : <Ready />}
      <MergeButton busy={busy} />
    </section>
  );
}

function Ready() {
  const choice = useDevice((state) => state.choice);
  const budget = useDevice((state) => state.memoryBudget);
  const report = useDevice((state) => state.report);
  const failure = useDevice((state) => state.failure);
  const Icon = report?.kind === 'webgpu' ? Gpu : Cpu;
  const choose = (next: BackendChoice) => {
    session.device.getState().choose(next);
    void askDevice(session);
  };
  return (
    <div className="run-ready">
      <div className="run-device">
        <Icon aria-hidden className="run-icon" />
        <p className="run-device-text" aria-live="polite">
          <strong>{report?.label ?? (failure ? 'No backend' : 'Looking for a GPU…')}</strong>
          <span className="run-reason">{failure?.message ?? report?.reason}</span>
        </p>
      </div>
      <Segmented label="Backend" options={backends} value={choice} onChange={choose} />
      <label className="run-budget">
        <span aria-hidden>Memory up to</span>
        <select
          aria-label="Memory budget"
          className="select-field"
          value={budget}
          onChange={(event) =>
            session.device.getState().setMemoryBudget(Number(event.target.value))
          }
        >
          {budgets.map((size) => (
            <option key={size} value={size}>
              {memory(size)}
            </option>
          ))}
        </select>
      </label>
      <Outlook />
    </div>
  );
}

/** What pressing Merge would do, or what stands in its way. */
function Outlook() {
  const { prospect, outdated } = usePlanning((state) => state);
  const recipe = useRecipe((state) => state.recipe);
  const slots = useModels((state) => state.slots);
  const outlook = outlookOf(prospect);
  const errors = countOf(useFindings(), 'error');
  const pending = opening(recipe, slots).length;
  const show = (tab: 'checks' | 'plan') => session.view.getState().showTab(tab);
  if (pending > 0) return <p className="run-outlook">Opening {counted(pending, 'model')}…</p>;
  if (outdated) return <p className="run-outlook">Comparing the headers…</p>;
  if (!outlook || errors > 0) {
    return (
      <p className="run-outlook">
        <button type="button" className="link is-error" onClick={() => show('checks')}>
          {errors > 0 ? `${counted(errors, 'problem')} to fix` : 'Not ready: see Checks'}
        </button>
      </p>
    );
  }
  return (
    <p className="run-outlook number">
      <button type="button" className="link" onClick={() => show('plan')}>
        {counted(outlook.tensors, 'tensor')},{' '}
        <span className="unbroken">reads {bytes(outlook.bytesToRead)},</span>{' '}
        <span className="unbroken">writes {bytes(outlook.bytesToWrite)}</span>
      </button>
    </p>
  );
}

function MergeButton({ busy }: { readonly busy: boolean }) {
  const planned = usePlanning(({ prospect }) => outlookOf(prospect) !== null);
  const errors = countOf(useFindings(), 'error');
  const cancelling = useRun((state) => state.phase === 'cancelling');
  // One adapter by itself that stays one gets other names, or another rank: nothing is merged.
  const converts = useRecipe(
    ({ recipe }) => recipe.output.as === 'adapter' && recipe.experts.length === 1,
  );
  if (busy) {
    return (
      <Button
        className="merge-button"
        isDisabled={cancelling}
        onPress={() => void cancel.run(session)}
      >
        <Square aria-hidden /> {cancelling ? 'Cancelling…' : 'Cancel'}
      </Button>
    );
  }
  return (
    <Button
      look="primary"
      className="merge-button"
      isDisabled={!planned || errors > 0}
      onPress={() => void merge.run(session)}
    >
      <Combine aria-hidden /> {converts ? 'Convert' : 'Merge'}
    </Button>
  );
}
