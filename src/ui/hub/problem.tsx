import { TriangleAlert } from 'lucide-react';
import type { Failure } from '../../stores/models.ts';
import { Button } from '../kit/button.tsx';

type ProblemProps = { readonly failure: Failure; readonly onRetry?: () => void };

/** What went wrong with the Hub, and where something can be done about it. */
export function Problem({ failure, onRetry }: ProblemProps) {
  const { message, advice, link } = failure;
  return (
    <div className="finding is-error" role="alert">
      <TriangleAlert aria-hidden className="finding-icon" />
      <div className="finding-text">
        <p className="finding-message">{message}</p>
        {advice && !message.includes(advice) && <p className="finding-advice">{advice}</p>}
        {link && (
          <p className="finding-advice">
            <a href={link} target="_blank" rel="noreferrer">
              {link}
            </a>
          </p>
        )}
      </div>
      {onRetry && <Button onPress={onRetry}>Try again</Button>}
    </div>
  );
}
