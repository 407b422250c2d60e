import './end-of.css';

/** A name on one line. Names of one family begin alike: what is cut is their beginning. */
export function EndOf({ name }: { readonly name: string }) {
  return (
    <span className="end-of">
      <bdi>{name}</bdi>
    </span>
  );
}
