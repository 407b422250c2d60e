import { Combine, X } from 'lucide-react';
import { awaitedBySeries, mergeSeries, showStep } from '../../commands/series.ts';
import { isBusy } from '../../stores/run.ts';
import { session, useModels, useRun, useSeries } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { SeriesGraph } from './series-graph.tsx';
import './series.css';

/** Several recipes of mergekit, and one press that merges them all. */
export default function SeriesPanel() {
  const { steps, states, at, name } = useSeries((state) => state);
  const busy = useRun(isBusy);
  useModels((state) => state.slots); // what is awaited follows from them
  const awaited = awaitedBySeries(session);
  return (
    <section className="series" aria-label="Series of recipes">
      <h3 className="rail-title">
        Series <span className="rail-count">{steps.length}</span>
      </h3>
      <SeriesGraph
        steps={steps}
        name={name}
        states={states}
        at={at}
        {...(busy ? {} : { onShow: (step: number) => showStep(session, step) })}
      />
      {awaited.length > 0 && (
        <p className="small">
          Not open yet: {awaited.join(', ')}. Press a recipe to see its models.
        </p>
      )}
      <p className="small">
        Results that others take are kept in private storage, and not made twice.
      </p>
      <div className="series-actions">
        <Button
          look="primary"
          isDisabled={busy || awaited.length > 0}
          onPress={() => void mergeSeries.run(session)}
        >
          <Combine aria-hidden /> Merge all {steps.length}
        </Button>
        <Button isDisabled={busy} onPress={() => session.series.getState().leave()}>
          <X aria-hidden /> Leave the series
        </Button>
      </div>
    </section>
  );
}
