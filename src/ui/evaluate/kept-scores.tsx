import { session } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { counted } from '../kit/format.ts';

/** What is remembered of other recipes, tasks and visits, and a way to have it asked again. */
export function KeptScores({ count }: { readonly count: number }) {
  if (count === 0) return null;
  return (
    <div className="evaluate-kept">
      <p className="param-help">
        {counted(count, 'score')} and your own tasks stay in this browser: the same weights, recipe
        and items are not asked twice, on the next visit either.
      </p>
      <Button look="quiet" onPress={session.scores.getState().forget}>
        Forget all scores
      </Button>
    </div>
  );
}
