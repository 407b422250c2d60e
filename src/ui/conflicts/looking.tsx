import { useEffect, useState } from 'react';
import type { Looking as State } from '../../stores/looking.ts';
import { Button } from '../kit/button.tsx';

type LookingProps = State & {
  /** Whether there is nothing to see meanwhile. */
  readonly isFirst: boolean;
  readonly cancel: () => void;
  readonly again: () => void;
};

/** Milliseconds that a look may take before anything is said of it. */
const patience = 700;

/** How far a look has come, with a way to end it and, once it was ended or failed, to begin it anew. */
export function Looking(props: LookingProps) {
  const { isLooking, progress, isStopped, failure, isFirst, cancel, again } = props;
  const isLong = useLong(isLooking);
  if (isLooking && isLong && progress) {
    const { done, total } = progress;
    return (
      <div className="looking">
        <progress value={done} max={total} aria-label="Tensors looked at" />
        <span className="small number">
          Tensors {done.toLocaleString('en')} of {total.toLocaleString('en')}
        </span>
        <Button look="quiet" onPress={cancel}>
          Cancel
        </Button>
      </div>
    );
  }
  if (!isLooking && (isStopped || failure)) {
    return (
      <div className="looking">
        {isStopped && <span className="small">The look at the weights was cancelled.</span>}
        <Button look="quiet" onPress={again}>
          {isStopped ? 'Look again' : 'Try again'}
        </Button>
      </div>
    );
  }
  return isFirst ? <p className="loading">Looking at the weights…</p> : null;
}

function useLong(isLooking: boolean): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (!isLooking) return;
    const timer = setTimeout(() => setLong(true), patience);
    return () => clearTimeout(timer);
  }, [isLooking]);
  return isLong;
}
