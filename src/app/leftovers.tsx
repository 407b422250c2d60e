import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { removeLeftFolders } from '../commands/left-folders.ts';
import { removeLeftovers } from '../commands/remove-leftovers.ts';
import { session, useRun } from '../stores/use-session.ts';
import { Button } from '../ui/kit/button.tsx';
import { bytes } from '../ui/kit/format.ts';

/** Says on return what runs left that were cut short. Finished merges are no part of it. */
export function Leftovers() {
  const leftovers = useRun((state) => state.leftovers);
  const leftFolders = useRun((state) => state.leftFolders);
  if (leftovers.length + leftFolders.length === 0) return null;
  const size = leftovers.reduce((sum, { bytes: each }) => sum + each, 0);
  return (
    <div className="banners">
      {leftovers.length > 0 && (
        <Banner
          label="Interrupted run"
          names={leftovers.map(({ folder }) => folder)}
          onRemove={() => void removeLeftovers.run(session)}
        >
          What it wrote, {bytes(size)} in private storage, is partial and not usable.
        </Banner>
      )}
      {leftFolders.length > 0 && (
        <Banner
          label="Interrupted run in a folder"
          names={leftFolders.map(({ parent, name }) => `${parent.name}/${name}`)}
          onRemove={() => void removeLeftFolders(session)}
        >
          What it left in its folder may be empty, partial or unverified: do not use it.
        </Banner>
      )}
    </div>
  );
}

type BannerProps = {
  readonly label: string;
  readonly names: readonly string[];
  readonly onRemove: () => void;
  readonly children: ReactNode;
};

function Banner({ label, names, onRemove, children }: BannerProps) {
  return (
    <section className="banner" role="alert" aria-label={label}>
      <TriangleAlert aria-hidden />
      <p>
        {names.length === 1 ? 'A run, ' : 'Runs, '}
        <strong>{names.join(', ')}</strong>, {names.length === 1 ? 'was' : 'were'} interrupted
        before it had finished. {children}
      </p>
      <Button onPress={onRemove}>Remove the leftovers</Button>
    </section>
  );
}
