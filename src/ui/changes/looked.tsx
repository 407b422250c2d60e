import { type ReactNode, useEffect } from 'react';
import type { LookState } from '../../stores/look.ts';
import { Looking } from '../conflicts/looking.tsx';
import { sampledText } from '../conflicts/sampled-text.ts';
import { ToFetch } from '../conflicts/to-fetch.tsx';
import { WithoutBase } from '../conflicts/without-base.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { counted } from '../kit/format.ts';
import './changes.css';

type Sampled = Parameters<typeof sampledText>[0];

type LookedProps<T extends Sampled> = {
  readonly state: LookState<T>;
  /** How far off what was found may be, to stand after what was looked at. */
  readonly errorOf?: (found: T) => string;
  readonly children: (found: T) => ReactNode;
};

/** What was found by a look that goes on while this is shown, or why there is nothing yet. */
export function Looked<T extends Sampled>({ state, errorOf, children }: LookedProps<T>) {
  const { found, toFetch, failure, isLooking, watch } = state;
  useEffect(() => {
    watch(true);
    return () => watch(false);
  }, [watch]);
  const looking = (
    <Looking {...state} isFirst={found === null && failure === null && toFetch === 0} />
  );
  if (failure) {
    return (
      <>
        <FailureText failure={failure} />
        {looking}
      </>
    );
  }
  if (toFetch > 0) return <ToFetch bytes={toFetch} what="A sample of all models" of="map" />;
  if (found === null) return looking;
  if (found === 'none') {
    return <WithoutBase />;
  }
  const { elements, sampled } = found;
  return (
    <div className="changes" aria-busy={isLooking}>
      {looking}
      <p className="small faint number" role="status">
        {sampled >= elements
          ? `All ${counted(Math.round(elements), 'element')} were looked at.`
          : `From a sample of ${sampledText(found)}, which stand for the rest${errorOf?.(found) ?? ''}.`}
      </p>
      {children(found)}
    </div>
  );
}
