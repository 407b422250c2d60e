import { session } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { bytes as worded } from '../kit/format.ts';

type ToFetchProps = {
  readonly bytes: number;
  /** "A sample of all models". */
  readonly what: string;
  readonly of: 'map' | 'close';
};

/** Says what a look would fetch, and waits to be told to. */
export function ToFetch({ bytes, what, of }: ToFetchProps) {
  return (
    <div className="to-fetch">
      <p>
        {what} takes <span className="number">{worded(bytes)}</span> from the Hub.
      </p>
      <Button onPress={() => session.conflicts.getState().fetch(of)}>Fetch and look</Button>
    </div>
  );
}
