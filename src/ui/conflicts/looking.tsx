/** What is shown while a first look goes on. */
export function Looking() {
  return <p className="loading">Looking at the weights…</p>;
}
