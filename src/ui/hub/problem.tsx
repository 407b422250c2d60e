import { TriangleAlert } from 'lucide-react';
import type { Failure } from '../../stores/models.ts';
import { Button } from '../kit/button.tsx';
import { FailureText } from '../kit/failure-text.tsx';

type ProblemProps = { readonly failure: Failure; readonly onRetry?: () => void };

/** What went wrong with the Hub, and where something can be done about it. */
export function Problem({ failure, onRetry }: ProblemProps) {
  return (
    <div className="finding is-error" role="alert">
      <TriangleAlert aria-hidden className="finding-icon" />
      <div className="finding-text">
        <FailureText failure={failure} />
      </div>
      {onRetry && <Button onPress={onRetry}>Try again</Button>}
    </div>
  );
}
