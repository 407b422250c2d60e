import { TriangleAlert } from 'lucide-react';
import { removeLeftovers } from '../commands/remove-leftovers.ts';
import { session, useRun } from '../stores/use-session.ts';
import { Button } from '../ui/kit/button.tsx';
import { bytes } from '../ui/kit/format.ts';

/** Says on return what runs left that were cut short. Finished merges are no part of it. */
export function Leftovers() {
  const leftovers = useRun((state) => state.leftovers);
  if (leftovers.length === 0) return null;
  const size = leftovers.reduce((sum, { bytes }) => sum + bytes, 0);
  const names = leftovers.map(({ folder }) => folder).join(', ');
  return (
    <section className="banner" role="alert" aria-label="Interrupted run">
      <TriangleAlert aria-hidden />
      <p>
        {leftovers.length === 1 ? 'A run, ' : 'Runs, '}
        <strong>{names}</strong>, {leftovers.length === 1 ? 'was' : 'were'} interrupted: the page
        was closed before it had finished. What it wrote, {bytes(size)} in private storage, is
        partial and not usable.
      </p>
      <Button onPress={() => void removeLeftovers.run(session)}>Remove the leftovers</Button>
    </section>
  );
}
