import type { CSSProperties, ReactNode } from 'react';

type FilledProps = {
  /** 0 … 1 of the bar; of a signed one −1 … 1, from the middle. */
  readonly share: number;
  readonly isSigned?: boolean;
  /** Where a bar that is not signed has a mark. */
  readonly mark?: number;
  readonly children: ReactNode;
};

/** A number, and its bar below it. */
export function Filled({ share, isSigned = false, mark, children }: FilledProps) {
  const sign = isSigned ? (share < 0 ? 'is-signed is-minus' : 'is-signed is-plus') : '';
  return (
    <span className="filled">
      {children}
      <span
        aria-hidden
        className={`filled-bar ${sign}`}
        style={{ '--size': Math.min(1, Math.abs(share)) } as CSSProperties}
      >
        <span />
        {mark !== undefined && (
          <span className="filled-mark" style={{ '--at': mark } as CSSProperties} />
        )}
      </span>
    </span>
  );
}
