import { useChanges } from '../../stores/use-session.ts';
import { errorsText } from '../conflicts/sampled-text.ts';
import { AnglesView } from './angles.tsx';
import { Looked } from './looked.tsx';
import { Sizes } from './sizes.tsx';
import { Doubts, Statistics } from './statistics.tsx';
import { CompareTwo } from './two-models.tsx';

/** What each model changed, before any trim or weight; below, any two models beside each other. */
export function ChangesView() {
  const changes = useChanges();
  const hasNone = changes.found === 'none';
  return (
    <>
      <Looked state={changes} errorOf={({ errors }) => errorsText(errors, 'lengths')}>
        {(found) => (
          <>
            <Doubts changes={found} />
            <Sizes changes={found} />
            <Statistics changes={found} />
            <AnglesView changes={found} />
          </>
        )}
      </Looked>
      <CompareTwo key={String(hasNone)} isFirst={hasNone} />
    </>
  );
}
