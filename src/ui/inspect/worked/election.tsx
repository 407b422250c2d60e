import './bars.css';

type ElectionProps = {
  readonly elected: readonly (-1 | 0 | 1)[];
  readonly focus: number | null;
  readonly isLater: boolean;
};

/** The sign that won at each element. */
export function Election({ elected, focus, isLater }: ElectionProps) {
  return (
    <div className={`bar-row is-election ${isLater ? 'is-later' : ''}`} aria-hidden={isLater}>
      <span className="bar-name">
        <strong>Elected sign</strong>
      </span>
      <div className="bars">
        {elected.map((sign, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: an element is its number
            key={i}
            role="img"
            aria-label={`Elected sign, element ${i + 1}: ${sign < 0 ? 'minus' : sign > 0 ? 'plus' : 'nobody'}`}
            className={`vote ${sign < 0 ? 'is-negative' : sign > 0 ? 'is-positive' : ''} ${focus === i ? 'is-focus' : ''}`}
          >
            {sign > 0 ? '+' : sign < 0 ? '−' : '·'}
          </span>
        ))}
      </div>
    </div>
  );
}
