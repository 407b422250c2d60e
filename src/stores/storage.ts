/** Local storage that never throws: private windows and full disks only lose the memory of it. */

/** Whether it is remembered: the page works without. */
export function remember(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function recall(key: string): unknown {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** `later` writes once it has not been called for `wait` milliseconds; `flush` writes now what is due. */
export function quietly(
  write: () => void,
  wait: number,
): { readonly later: () => void; readonly flush: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    write();
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(flush, wait);
  };
  return { later, flush };
}
