import { useScores } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { bytes, duration } from '../kit/format.ts';
import { useLeft } from './use-left.ts';

type WorkingProps = {
  readonly label: string;
  readonly isDisabled: boolean;
  readonly onStart: () => void;
};

/** The button that begins; while models are asked how far that has come, how long it will take, and a way to end it. */
export function Working({ label, isDisabled, onStart }: WorkingProps) {
  const { isLooking, progress, toFetch, failure, cancel, fetch } = useScores((all) => all);
  const left = useLeft(progress);
  if (isLooking) {
    return (
      <div className="looking">
        {progress && <progress value={progress.done} max={progress.total} aria-label="Asked" />}
        <span className="small number">
          {progress
            ? `Asked ${progress.done.toLocaleString('en')} of ${progress.total.toLocaleString('en')}`
            : 'Reading the weights…'}
          {left !== null && `, ${duration(left)} left`}
        </span>
        <Button look="quiet" onPress={cancel}>
          Cancel
        </Button>
      </div>
    );
  }
  return (
    <>
      <Button look={isDisabled ? 'plain' : 'primary'} isDisabled={isDisabled} onPress={onStart}>
        {label}
      </Button>
      {failure && <FailureText failure={failure} />}
      {toFetch > 0 && (
        <div className="to-fetch">
          <p>
            To run these models takes <span className="number">{bytes(toFetch)}</span> of weights
            from the Hub.
          </p>
          <Button onPress={fetch}>Fetch and score</Button>
        </div>
      )}
    </>
  );
}
