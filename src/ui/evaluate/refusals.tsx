import { FailureText } from '../kit/failure-text.tsx';
import type { ScoreRow } from './rows.ts';

/** Which models could not be run, and why. */
export function Refusals({ rows }: { readonly rows: readonly ScoreRow[] }) {
  const refused = rows.flatMap(({ key, title, failure, unable }) => {
    const all = [failure, ...unable].filter((each) => each !== null);
    const once = new Map(all.map((each) => [each.message, each]));
    return [...once.values()].map((each) => ({ key, title, failure: each }));
  });
  if (refused.length === 0) return null;
  return (
    <ul className="evaluate-refused" aria-label="What could not be run">
      {refused.map(({ key, title, failure }) => (
        <li key={`${key} ${failure.message}`}>
          <strong>{title}</strong>
          <FailureText failure={failure} />
        </li>
      ))}
    </ul>
  );
}
