/** Milliseconds of work between two looks at what else there is to do. */
const WORK = 50;

let since = 0;

/** Lets messages come in, now and then. Rejects with the signal’s reason. */
export async function pause(signal: AbortSignal): Promise<void> {
  if (performance.now() - since > WORK) {
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  }
  signal.throwIfAborted();
}
