import type { CSSProperties, KeyboardEvent } from 'react';
import { plain } from '../kit/format.ts';
import type { Range } from './curve.ts';
import '../changes/plot.css';

type HandleProps = {
  readonly label: string;
  readonly range: Range;
  /** Null where the recipe has several. */
  readonly value: number | null;
  /** 0 … 1 from the left. */
  readonly at: number;
  /** What holds there, for screen readers. */
  readonly told: string;
  readonly onKeyDown: (event: KeyboardEvent) => void;
};

/** The present value as a line that is dragged, or moved by keys. */
export function Handle({ label, range: [from, to], value, at, told, onKeyDown }: HandleProps) {
  return (
    <span
      className={`delta-handle ${value === null ? 'is-nowhere' : ''}`}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={from}
      aria-valuemax={to}
      aria-valuenow={value ?? from}
      aria-valuetext={value === null ? 'the models differ' : `${plain(value)}: ${told}`}
      style={{ '--at': at } as CSSProperties}
      onKeyDown={onKeyDown}
    >
      <span className={`delta-read-out number ${at > 0.5 ? 'is-left' : ''}`} aria-hidden>
        {label} {value === null ? 'differs' : plain(value)}
      </span>
    </span>
  );
}
