import { type ReactNode, useEffect } from 'react';
import { session, useSurvey } from '../../stores/use-session.ts';
import type { Survey } from '../../views/survey.ts';
import { Button } from '../kit/button.tsx';

/** Has the adapters looked at while it is shown, and shows what was found, or how far it is. */
export function Surveyed({ children }: { readonly children: (survey: Survey) => ReactNode }) {
  const status = useSurvey((state) => state.status);
  useEffect(() => session.survey.getState().look(), []);
  const { cancel, again } = session.survey.getState();
  switch (status.kind) {
    case 'done':
      return children(status.survey);
    case 'working':
      return (
        <div className="survey-state">
          <progress
            aria-label="Weights whose factors are read"
            max={status.of || 1}
            value={status.of === 0 ? undefined : status.done}
          />
          <span className="number" role="status">
            {status.of === 0
              ? 'Reading factors…'
              : `Reading factors: ${status.done} of ${status.of} weights`}
          </span>
          <Button look="quiet" onPress={cancel}>
            Cancel
          </Button>
        </div>
      );
    case 'none':
      return (
        <p className="survey-state">
          Nothing to look at yet: the adapters meet nothing, or a model is not open.
        </p>
      );
    default:
      return (
        <p className="survey-state" role="status">
          {status.kind === 'failed'
            ? `The factors could not be read: ${status.message}`
            : 'Cancelled.'}
          <Button look="quiet" onPress={again}>
            Read again
          </Button>
        </p>
      );
  }
}
