import type { Scores } from '../../hub/scores.ts';

/** Public benchmark scores; nothing at all where there are none. */
export function ScoresTable({ scores }: { readonly scores: Scores | null | undefined }) {
  if (!scores) return null;
  const rows = [['Average', scores.average] as const, ...Object.entries(scores.benchmarks)];
  return (
    <section className="hub-scores">
      <h4>Open LLM Leaderboard</h4>
      <dl className="number">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <meter min={0} max={100} value={value} aria-hidden /> {value.toFixed(1)}
            </dd>
          </div>
        ))}
      </dl>
      <p className="tiny faint">
        In percent{scores.precision && `, measured in ${scores.precision}`}.{' '}
        <a href={scores.source} target="_blank" rel="noreferrer">
          Where this stands
        </a>
      </p>
    </section>
  );
}
