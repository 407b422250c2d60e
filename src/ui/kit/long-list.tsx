import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import './long-list.css';

/** Up to here a list is simply there; beyond, only what is seen of it. */
const short = 200;

type LongListProps<T> = {
  readonly items: readonly T[];
  /** What the list holds, for those who reach it by keyboard or hear it. */
  readonly label: string;
  readonly className?: string;
  readonly keyOf: (item: T) => string;
  readonly children: (item: T) => ReactNode;
};

/** A list of any length at the cost of a screenful. */
export function LongList<T>(props: LongListProps<T>) {
  const { items, label, className, keyOf, children } = props;
  if (items.length > short) return <Window {...props} />;
  return (
    <ul className={className} aria-label={label}>
      {items.map((item) => (
        <li key={keyOf(item)}>{children(item)}</li>
      ))}
    </ul>
  );
}

function Window<T>({ items, label, className = '', keyOf, children }: LongListProps<T>) {
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 26,
    overscan: 6,
  });
  const seen = virtual.getVirtualItems();
  const before = seen[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (seen.at(-1)?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="long-list" ref={scroller} tabIndex={0} aria-label={label}>
      <ul className={className} style={{ paddingTop: before, paddingBottom: after }}>
        {seen.map(({ index }) => (
          <li
            key={keyOf(items[index])}
            ref={virtual.measureElement}
            data-index={index}
            aria-setsize={items.length}
            aria-posinset={index + 1}
          >
            {children(items[index])}
          </li>
        ))}
      </ul>
    </section>
  );
}
