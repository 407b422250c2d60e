import { useRef } from 'react';
import type { Seen } from '../../stores/looking.ts';

/** Seconds that are left of what is counted, by its pace so far; null before that tells anything. */
export function useLeft(progress: Seen | null): number | null {
  const began = useRef<{ readonly at: number; readonly done: number } | null>(null);
  if (progress === null) {
    began.current = null;
    return null;
  }
  began.current ??= { at: performance.now(), done: progress.done };
  const { at, done } = began.current;
  const seconds = (performance.now() - at) / 1000;
  if (progress.done <= done || seconds < 2) return null;
  return (seconds * (progress.total - progress.done)) / (progress.done - done);
}
