import { type RefObject, useEffect, useRef } from 'react';

/**
 * Brings what was opened into sight, once it is there, and again for each other thing: what a press opens may lie below all
 * that is seen. `key` names what is shown; null while that is nothing yet.
 */
export function useRevealed<T extends Element>(key: string | null): RefObject<T | null> {
  const ref = useRef<T>(null);
  useEffect(() => {
    if (key === null) return;
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    ref.current?.scrollIntoView({ block: 'nearest', behavior: isCalm ? 'auto' : 'smooth' });
  }, [key]);
  return ref;
}
