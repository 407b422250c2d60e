import { FailureText } from '../kit/failure-text.tsx';
import type { ScoreRow } from './rows.ts';

/** Which models could not be run, and why. */
export function Refusals({ rows }: { readonly rows: readonly ScoreRow[] }) {
  const refused = rows.filter(({ failure }) => failure !== null);
  if (refused.length === 0) return null;
  return (
    <ul className="evaluate-refused" aria-label="What could not be run">
      {refused.map(({ key, title, failure }) => (
        <li key={key}>
          <strong>{title}</strong>
          <FailureText failure={failure!} />
        </li>
      ))}
    </ul>
  );
}
