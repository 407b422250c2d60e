import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import './disclosure.css';

type DisclosureProps = {
  readonly title: string;
  /** What is inside, in few words, read while it is closed. */
  readonly summary?: ReactNode;
  readonly open?: boolean;
  readonly children: ReactNode;
};

/** A section that folds: the native element. */
export function Disclosure({ title, summary, open = false, children }: DisclosureProps) {
  return (
    <details className="disclosure" open={open}>
      <summary>
        <ChevronRight aria-hidden className="disclosure-mark" />
        <h3 className="disclosure-title">{title}</h3>
        {summary && <span className="disclosure-summary">{summary}</span>}
      </summary>
      <div className="disclosure-body">{children}</div>
    </details>
  );
}
