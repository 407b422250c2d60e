let since: number | null = null;
const waiting = new Set<() => void>();

/** When the pointer that is down now went down, in milliseconds; null while none is, and where there is no page. */
export function pointerHeldSince(): number | null {
  return since;
}

/** Calls `action` whenever the pointer was let go. */
export function whenLetGo(action: () => void): void {
  waiting.add(action);
}

if (typeof window !== 'undefined') {
  const options = { capture: true, passive: true };
  window.addEventListener('pointerdown', () => (since = Date.now()), options);
  for (const end of ['pointerup', 'pointercancel'] as const) {
    window.addEventListener(
      end,
      () => {
        since = null;
        for (const action of waiting) action();
      },
      options,
    );
  }
}
