import type { ReactNode } from 'react';
import type { Pane } from '../stores/view.ts';

type RegionProps = {
  readonly number: number;
  readonly name: string;
  readonly as: Pane;
  readonly children: ReactNode;
};

/** One of the numbered parts of the page; on a narrow screen one shows at a time. */
export function Region({ number, name, as, children }: RegionProps) {
  return (
    <section
      id={as}
      className={`region region-${as}`}
      aria-labelledby={`${as}-title`}
      tabIndex={-1}
    >
      <h2 className="region-title">
        <span className="region-number" aria-hidden>
          {number}
        </span>
        <span id={`${as}-title`}>{name}</span>
      </h2>
      <div className="region-body">{children}</div>
    </section>
  );
}
