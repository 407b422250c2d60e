import { useEffect } from 'react';
import { outlookOf } from '../../stores/planning.ts';
import { session, usePlanning, useView } from '../../stores/use-session.ts';
import { counted } from '../kit/format.ts';
import { SearchField } from '../kit/search-field.tsx';
import { NoPlan } from './no-plan.tsx';
import { TensorTable } from './tensor-table.tsx';
import './tensors.css';

/** Every tensor of the output: where it lies, what happens to it, with which parameters. */
export default function TensorsView() {
  const all = usePlanning(({ prospect }) => outlookOf(prospect)?.tensors ?? null);
  const table = usePlanning((state) => state.table);
  const filter = useView((state) => state.tensorFilter);
  // A letter shows at once; the rows follow it.
  useEffect(() => session.planning.getState().want({ filter }), [filter]);
  if (all === null) {
    return (
      <div className="tensors-empty">
        <NoPlan title="Tensors" />
      </div>
    );
  }
  const found = table?.found ?? all;
  return (
    <div className="tensors">
      <div className="tensor-bar">
        <SearchField
          label="Filter tensors"
          hint="Filter: layers.3 mlp, norms, copy …"
          value={filter}
          onChange={session.view.getState().filterTensors}
        />
        <span className="small faint number" role="status">
          {found === all
            ? counted(all, 'tensor')
            : `${found.toLocaleString('en')} of ${counted(all, 'tensor')}`}
        </span>
      </div>
      {found === 0 ? (
        <p className="tensors-empty empty">No tensor has all of these words.</p>
      ) : (
        <TensorTable count={found} table={table} />
      )}
    </div>
  );
}
