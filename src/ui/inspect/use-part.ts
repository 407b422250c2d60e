import { useEffect, useState } from 'react';
import { session, useSurvey } from '../../stores/use-session.ts';
import type { PartOf, SurveyPart } from '../../views/survey.ts';

/** A part of the survey that there is, once it has come; until then the one before. */
export function usePart<P extends SurveyPart>(part: P): PartOf<P> | null {
  const status = useSurvey((state) => state.status);
  const [found, setFound] = useState<PartOf<P> | null>(null);
  const key = JSON.stringify(part);
  useEffect(() => {
    if (status.kind !== 'done') return;
    let gone = false;
    session.survey
      .getState()
      .part(JSON.parse(key) as P)
      .then(
        (next) => !gone && setFound(next),
        () => {}, // the last one stays
      );
    return () => {
      gone = true;
    };
  }, [key, status]);
  return found;
}
