import { Suspense } from 'react';
import { layersIn } from '../../recipe/slices.ts';
import { useRecipe } from '../../stores/use-session.ts';
import { Disclosure } from '../kit/disclosure.tsx';
import { later } from '../kit/later.ts';

const LayersRoom = later(() => import('./layers-room.tsx'));

/** Which layers of which models the output is made of. */
export function Layers() {
  const slices = useRecipe((state) => state.recipe.slices);
  return (
    <Disclosure
      title="Layers"
      summary={slices === null ? 'as the models have them' : `${layersIn(slices)}, rearranged`}
      open={slices !== null}
    >
      <Suspense fallback={<p className="param-help">Loading…</p>}>
        <LayersRoom />
      </Suspense>
    </Disclosure>
  );
}
