import { TriangleAlert } from 'lucide-react';
import { removeLeftovers } from '../commands/remove-leftovers.ts';
import { session, useRun } from '../stores/use-session.ts';
import { Button } from '../ui/kit/button.tsx';

/** Says on return that the tab was closed during a run. */
export function Leftovers() {
  const leftovers = useRun((state) => state.leftovers);
  if (leftovers.length === 0) return null;
  return (
    <section className="banner" role="alert" aria-label="Interrupted run">
      <TriangleAlert aria-hidden />
      <p>
        The last run, <strong>{leftovers.join(', ')}</strong>, was interrupted: the page was closed
        before it had finished. Nothing of it is usable.
      </p>
      <Button onPress={() => void removeLeftovers.run(session)}>Remove the leftovers</Button>
    </section>
  );
}
