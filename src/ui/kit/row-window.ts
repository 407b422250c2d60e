import { type RefObject, useLayoutEffect, useState } from 'react';

/** Rows drawn beyond each edge, so that scrolling does not show a gap. */
const beyond = 6;

/**
 * Which rows of a table of rows of one height are seen: [from, to). It costs the same for ten rows and for a
 * million. The scroller must have a height of its own; one that grows with its content shows every row.
 */
export function useRowWindow(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): { readonly from: number; readonly to: number } {
  const [first, setFirst] = useState(0);
  const [fit, setFit] = useState(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      setFirst(Math.floor(element.scrollTop / rowHeight));
      setFit(Math.ceil(element.clientHeight / rowHeight) + 1);
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [scroller, rowHeight]);
  // Rows may have gone since it was scrolled.
  const top = Math.max(0, Math.min(first, count - fit));
  return { from: Math.max(0, top - beyond), to: Math.min(count, top + fit + beyond) };
}
