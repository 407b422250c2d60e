import { type RefObject, useEffect } from 'react';

const focusable =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex="0"]';

/**
 * Where what has the focus goes away, as a button that has done its work, what is nearest to it gets the focus: without it a
 * keyboard would begin at the top of the page again.
 */
export function useKeptFocus(within: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const root = within.current;
    if (!root) return;
    /** What has the focus, and all around it. */
    let path: readonly Element[] = [];
    const remember = ({ target }: FocusEvent) => {
      path = ancestors(target as Element, root);
    };
    const forget = ({ target }: FocusEvent) => {
      // What goes away is still there while it says so.
      queueMicrotask(() => {
        if ((target as Element).isConnected && path[0] === target) path = [];
      });
    };
    const observer = new MutationObserver(() => {
      if (path.length === 0 || path[0].isConnected) return;
      const around = path.slice(1).filter((each) => each.isConnected);
      path = [];
      if (document.activeElement !== document.body) return;
      for (const each of around) {
        const next = each.querySelector<HTMLElement>(focusable);
        if (next) return next.focus();
      }
    });
    root.addEventListener('focusin', remember);
    root.addEventListener('focusout', forget);
    observer.observe(root, { childList: true, subtree: true });
    return () => {
      root.removeEventListener('focusin', remember);
      root.removeEventListener('focusout', forget);
      observer.disconnect();
    };
  }, [within]);
}

/** From itself to the root. */
function ancestors(element: Element, root: Element): readonly Element[] {
  const path: Element[] = [];
  for (let at: Element | null = element; at && path.at(-1) !== root; at = at.parentElement) {
    path.push(at);
  }
  return path;
}
