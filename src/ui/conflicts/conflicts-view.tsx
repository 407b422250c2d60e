import { Link2 } from 'lucide-react';
import { useEffect } from 'react';
import { copyLink } from '../../commands/copy-link.ts';
import { nowhere } from '../../stores/conflicts.ts';
import { outlookOf } from '../../stores/planning.ts';
import { session, useConflicts, usePlanning, useView } from '../../stores/use-session.ts';
import { type Colour, type Look, looks } from '../../stores/view.ts';
import type { ConflictMap } from '../../views/conflict-map.ts';
import { ChangesView } from '../changes/changes-view.tsx';
import { SurvivalView } from '../changes/survival-view.tsx';
import { CompareTwo } from '../changes/two-models.tsx';
import { CompareView } from '../compare/compare-view.tsx';
import { CurvesView } from '../curves/curves-view.tsx';
import { NoPlan } from '../inspect/no-plan.tsx';
import { IconButton } from '../kit/button.tsx';
import { Disclosure } from '../kit/disclosure.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { counted } from '../kit/format.ts';
import { Segmented } from '../kit/segmented.tsx';
import { BetweenModels } from './between-models.tsx';
import { CloseUp } from './close-up.tsx';
import { csvOf } from './csv.ts';
import { modelSheet } from './files/pictures.ts';
import { SaveButtons } from './files/save-buttons.tsx';
import { Legend } from './legend.tsx';
import { Looking } from './looking.tsx';
import { chanceWords, metrics, percent } from './metrics.ts';
import { ModelGrid } from './model-grid.tsx';
import { PatchView } from './patch.tsx';
import { sampledText } from './sampled-text.ts';
import { ToFetch } from './to-fetch.tsx';
import { WithoutBase } from './without-base.tsx';
import './conflicts.css';

const titles: Readonly<Record<Look, string>> = {
  conflicts: 'Conflicts',
  changes: 'Changes',
  survival: 'Survival',
  curves: 'Curves',
  compare: 'Compare',
};
const options = looks.map((value) => ({ value, label: titles[value] }));

/** What the models want of each other's weights: where they pull apart, and what each of them changed. */
export default function ConflictsView() {
  const hasPlan = usePlanning(({ prospect }) => outlookOf(prospect) !== null);
  const look = useView((state) => state.look);
  const { lookAt } = session.view.getState();
  useEffect(() => {
    session.conflicts.getState().watch(true);
    return () => session.conflicts.getState().watch(false);
  }, []);
  if (!hasPlan) {
    return (
      <div className="conflicts">
        <NoPlan title="Conflicts" />
        <CompareTwo isFirst />
      </div>
    );
  }
  return (
    <div className="conflicts">
      <div className="conflicts-title">
        <h3 className="view-title">{titles[look]}</h3>
        <span className="conflicts-tools">
          <Segmented
            label="Look at"
            options={options}
            value={look}
            onChange={(look) => lookAt({ look })}
          />
          <IconButton label={copyLink.label} onPress={() => void copyLink.run(session)}>
            <Link2 aria-hidden />
          </IconButton>
        </span>
      </div>
      {look === 'conflicts' && <ConflictsLook />}
      {look === 'changes' && <ChangesView />}
      {look === 'survival' && <SurvivalView />}
      {look === 'curves' && <CurvesView />}
      {look === 'compare' && <CompareView />}
    </div>
  );
}

/** Where the models pull against each other: the whole model, then a tensor, a square of it, an element. */
function ConflictsLook() {
  const state = useConflicts((all) => all);
  const { map, isUnknown, failure, isLooking, focus, toFetch, lost } = state;
  const colour = useView((all) => all.colour);
  const metric = metrics.find(({ id }) => id === colour) ?? metrics[0];
  const { focusOn } = session.conflicts.getState();
  return (
    <div className={isLooking ? 'is-looking' : ''} aria-busy={isLooking}>
      {failure && <FailureText failure={failure} />}
      {isUnknown && <WithoutBase />}
      <Looking {...state} isFirst={!map && !isUnknown && !failure && toFetch.map === 0} />
      {toFetch.map > 0 && <ToFetch bytes={toFetch.map} what="A sample of all models" of="map" />}
      {map && (
        <>
          <Verdict map={map} />
          {lost && (
            <p className="conflicts-lost" role="status">
              {lost}
            </p>
          )}
          <div className="conflicts-head">
            <label>
              Colour
              <select
                className="select-field"
                value={metric.id}
                onChange={(event) =>
                  session.view.getState().lookAt({ colour: event.target.value as Colour })
                }
              >
                {metrics.map(({ id, label }) => (
                  <option key={id} value={id}>
                    {label}
                  </option>
                ))}
              </select>
            </label>
            <SaveButtons
              name={['conflicts', metric.id]}
              of="The model"
              csv={() => csvOf(map)}
              png={(from) => modelSheet(from, map, metric)}
            />
          </div>
          <p className="param-help">{metric.help}</p>
          <ModelGrid
            map={map}
            metric={metric}
            tensor={focus.tensor}
            onOpen={({ first }) => focusOn({ ...nowhere, tensor: first })}
          />
          <Legend map={map} metric={metric} />
          {map.models.length > 1 && (
            <Disclosure title="Between models" summary="Who is overruled, and which two pull apart">
              <BetweenModels {...map} stats={map.whole} />
            </Disclosure>
          )}
          <CloseUp />
          <PatchView />
        </>
      )}
    </div>
  );
}

/** The whole in two sentences, with what chance alone would give. */
function Verdict({ map }: { readonly map: ConflictMap }) {
  const { whole, models, elements, sampled } = map;
  const share = sampled / Math.max(1, elements);
  const worst = map.cells
    .filter(({ state }) => state === 'measured')
    .toSorted((a, b) => (b.stats.cancellation ?? 0) - (a.stats.cancellation ?? 0))[0];
  return (
    <>
      {whole.conflictRate === null ? (
        <p className="conflicts-verdict">
          {models.length < 2
            ? 'One model has nobody to disagree with. Add another to see where they pull apart.'
            : 'No element is changed by two models, so none conflicts.'}
        </p>
      ) : (
        <p className="conflicts-verdict">
          Where two models or more change an element, they pull in opposite directions in{' '}
          <strong>{percent(whole.conflictRate)}</strong>; random signs would in{' '}
          {chanceWords(models.length)}. A plain sum would cancel{' '}
          <strong>{percent(whole.cancellation)}</strong> of what they want
          {worst && (
            <>
              , most of all in{' '}
              <button
                type="button"
                className="link number"
                onClick={() =>
                  session.conflicts.getState().focusOn({ ...nowhere, tensor: worst.first })
                }
              >
                {worst.first}
              </button>{' '}
              ({percent(worst.stats.cancellation)})
            </>
          )}
          .
        </p>
      )}
      <p className="small faint number" role="status">
        {share >= 1
          ? `All ${counted(Math.round(elements), 'element')} were looked at.`
          : `${map.isCoarse ? 'Coarser while you drag, from' : 'From'} a sample of ${sampledText(map)}${errorText(map)}.`}
      </p>
    </>
  );
}

function errorText({ whole }: ConflictMap): string {
  const error = whole.errors.conflictRate;
  return error === null ? '' : `; the rate is right within ± ${percent(2 * error)}, 19 times in 20`;
}
