import { Search } from 'lucide-react';
import { useDeferredValue, useMemo } from 'react';
import type { Job } from '../../plan/types.ts';
import { planOf } from '../../stores/planning.ts';
import { filterJobs } from '../../stores/tensor-rows.ts';
import { session, usePlanned, useView } from '../../stores/use-session.ts';
import { counted } from '../kit/format.ts';
import { NoPlan } from './no-plan.tsx';
import { TensorTable } from './tensor-table.tsx';
import './tensors.css';

const none: readonly Job[] = [];

/** Every tensor of the output: where it lies, what happens to it, with which parameters. */
export default function TensorsView() {
  const plan = planOf(usePlanned());
  const filter = useView((state) => state.tensorFilter);
  const jobs = plan?.jobs ?? none;
  // A letter shows at once; the rows follow it.
  const sought = useDeferredValue(filter);
  const shown = useMemo(() => filterJobs(jobs, sought), [jobs, sought]);
  if (!plan) {
    return (
      <div className="tensors-empty">
        <NoPlan title="Tensors" />
      </div>
    );
  }
  return (
    <div className="tensors">
      <div className="tensor-bar">
        <label className="search">
          <Search aria-hidden />
          <span className="visually-hidden">Filter tensors</span>
          <input
            type="search"
            placeholder="Filter: layers.3 mlp, norms, copy …"
            value={filter}
            spellCheck={false}
            onChange={(event) => session.view.getState().filterTensors(event.target.value)}
          />
        </label>
        <span className="small faint number" role="status">
          {shown.length === jobs.length
            ? counted(jobs.length, 'tensor')
            : `${shown.length.toLocaleString('en')} of ${counted(jobs.length, 'tensor')}`}
        </span>
      </div>
      {shown.length === 0 ? (
        <p className="tensors-empty empty">No tensor has all of these words.</p>
      ) : (
        <TensorTable jobs={shown} />
      )}
    </div>
  );
}
