let since: number | null = null;

/** When the pointer that is down now went down, in milliseconds; null while none is, and where there is no page. */
export function pointerHeldSince(): number | null {
  return since;
}

if (typeof window !== 'undefined') {
  const options = { capture: true, passive: true };
  window.addEventListener('pointerdown', () => (since = Date.now()), options);
  for (const end of ['pointerup', 'pointercancel'] as const) {
    window.addEventListener(end, () => (since = null), options);
  }
}
