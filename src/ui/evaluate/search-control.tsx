import type { SearchState } from '../../stores/search.ts';
import { useScores } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { bytes, duration } from '../kit/format.ts';
import { useLeft } from './use-left.ts';

type SearchControlProps = {
  readonly state: SearchState;
  /** Of the button that begins the first. */
  readonly label: string;
  readonly isReady: boolean;
  readonly onBegin: () => void;
};

/** Begins a search, pauses it, goes on, and judges what it found. */
export function SearchControl({ state, label, isReady, onBegin }: SearchControlProps) {
  const { isLooking, isStopped, isJudging, progress, failure, toFetch, search } = state;
  const left = useLeft(progress);
  const isBusy = useScores((all) => all.isLooking);
  if (isLooking) {
    return (
      <div className="looking">
        {progress && <progress value={progress.done} max={progress.total} aria-label="Tried" />}
        <span className="small number">
          {isJudging ? 'On the held-out half: ' : 'Tried '}
          {progress ? `${progress.done} of ${progress.total}` : '…'}
          {left !== null && `, ${duration(left)} left`}
        </span>
        <Button look="quiet" onPress={state.pause}>
          Pause
        </Button>
      </div>
    );
  }
  const hasBest = search?.steps.at(-1)?.best != null;
  const isOpen = search !== null && (isStopped || failure !== null) && !search.ended;
  const more = search?.ended && 'budget' in search.plan ? search.steps.length : 0;
  return (
    <div className="evaluate-tools">
      {isOpen && (
        <Button look="primary" onPress={state.resume}>
          Resume
        </Button>
      )}
      {hasBest && search?.plan.kind !== 'line' && search?.judged.length === 0 && (
        <Button onPress={state.judge}>
          {search.ended ? 'Judge the best' : 'Judge the best so far'}
        </Button>
      )}
      {more > 0 && <Button onPress={() => state.extend(more)}>Try {more} more</Button>}
      <Button look={search ? 'plain' : 'primary'} isDisabled={!isReady || isBusy} onPress={onBegin}>
        {search ? 'Begin anew' : label}
      </Button>
      {isBusy && <span className="small">Scores are being taken: a search waits for them.</span>}
      {failure && <FailureText failure={failure} />}
      {!state.isKept && (
        <span className="small">This search is too long to be kept for a reload.</span>
      )}
      {toFetch > 0 && (
        <Button onPress={state.fetch}>Fetch {bytes(toFetch)} of weights and go on</Button>
      )}
    </div>
  );
}
