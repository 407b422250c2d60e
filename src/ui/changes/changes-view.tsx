import { useChanges } from '../../stores/use-session.ts';
import { AnglesView } from './angles.tsx';
import { Looked } from './looked.tsx';
import { Sizes } from './sizes.tsx';
import { Doubts, Statistics } from './statistics.tsx';

/** What each model changed, before any trim or weight. */
export function ChangesView() {
  return (
    <Looked state={useChanges()}>
      {(changes) => (
        <>
          <Doubts changes={changes} />
          <Sizes changes={changes} />
          <Statistics changes={changes} />
          <AnglesView changes={changes} />
        </>
      )}
    </Looked>
  );
}
