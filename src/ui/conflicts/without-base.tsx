/** Why nothing is known to have changed. */
export function WithoutBase() {
  return (
    <p className="conflicts-verdict">
      Without a base nobody can tell what a model changed. Choose the model that all of them were
      trained from as the base; the method may stay as it is.
    </p>
  );
}
