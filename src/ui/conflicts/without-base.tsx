import { useRecipe } from '../../stores/use-session.ts';

/** Why nothing is known to have changed. */
export function WithoutBase() {
  const slices = useRecipe((state) => state.recipe.slices);
  const base = useRecipe((state) => state.recipe.base?.id);
  const merges = slices?.some(
    ({ sources }) => sources.filter(({ model }) => model !== base).length > 1,
  );
  if (merges === false) {
    return (
      <p className="conflicts-verdict">
        Each slice takes the layers of one model: nothing is merged, so nothing pulls against
        anything. Plan and Tensors show what goes where.
      </p>
    );
  }
  return (
    <p className="conflicts-verdict">
      Without a base nobody can tell what a model changed. Choose the model that all of them were
      trained from as the base; the method may stay as it is.
    </p>
  );
}
