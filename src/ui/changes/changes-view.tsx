import { useEffect } from 'react';
import { session, useChanges } from '../../stores/use-session.ts';
import { ToFetch } from '../conflicts/to-fetch.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { counted, parameters } from '../kit/format.ts';
import { AnglesView } from './angles.tsx';
import { Sizes } from './sizes.tsx';
import { Doubts, Statistics } from './statistics.tsx';
import './changes.css';

/** What each model changed, before any trim or weight. */
export function ChangesView() {
  const { changes, toFetch, failure, isLooking } = useChanges((state) => state);
  useEffect(() => {
    session.changes.getState().watch(true);
    return () => session.changes.getState().watch(false);
  }, []);
  if (failure) return <FailureText failure={failure} />;
  if (toFetch > 0) return <ToFetch bytes={toFetch} what="A sample of all models" of="map" />;
  if (changes === null) return <p className="loading">Looking at the weights…</p>;
  if (changes === 'none') {
    return (
      <p className="conflicts-verdict">
        Without a base nobody can tell what a model changed. Choose the model that all of them were
        trained from as the base; the method may stay as it is.
      </p>
    );
  }
  const { elements, sampled } = changes;
  return (
    <div className="changes" aria-busy={isLooking}>
      <p className="small faint number" role="status">
        {sampled >= elements
          ? `All ${counted(Math.round(elements), 'element')} were looked at.`
          : `From a sample of ${parameters(sampled)} of ${parameters(Math.round(elements))} elements, which stand for the rest.`}
      </p>
      <Doubts changes={changes} />
      <Sizes changes={changes} />
      <Statistics changes={changes} />
      <AnglesView changes={changes} />
    </div>
  );
}
