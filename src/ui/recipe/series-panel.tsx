import { Combine, X } from 'lucide-react';
import { awaitedBySeries, leaveSeries, mergeSeries, showStep } from '../../commands/series.ts';
import { membersOf, placeIn, stepsOf, usesOf } from '../../recipe/series.ts';
import { isBusy } from '../../stores/run.ts';
import { isMergingSeries, statesOf } from '../../stores/series.ts';
import { session, useModels, useRecipe, useRun, useSeries } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { SeriesGraph } from './series-graph.tsx';
import './series.css';

/** Several recipes, and one press that merges them all. */
export default function SeriesPanel() {
  const recipe = useRecipe((state) => state.recipe);
  const series = useSeries((state) => state);
  const slots = useModels((state) => state.slots);
  const isRunning = useRun(isBusy);
  const busy = isRunning || isMergingSeries(series);
  const awaited = awaitedBySeries(recipe, slots);
  const steps = stepsOf(recipe);
  const shown = steps.map(({ name, recipe }) => ({
    ...{ name, method: recipe.method, models: membersOf(recipe), uses: usesOf(recipe) },
  }));
  return (
    <section className="series" aria-label="Series of recipes">
      <h3 className="rail-title">
        Series <span className="rail-count">{steps.length}</span>
      </h3>
      <SeriesGraph
        steps={shown}
        name={steps[steps.length - 1].recipe.output.name}
        states={statesOf(recipe, series)}
        at={placeIn(recipe)}
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
        <Button isDisabled={busy} onPress={() => leaveSeries(session)}>
          <X aria-hidden /> Leave the series
        </Button>
      </div>
    </section>
  );
}
