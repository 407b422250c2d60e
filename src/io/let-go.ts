/** ES2024; older engines lack it and collect garbage in their own time. */
type Movable = { readonly detached?: boolean; transfer?(newByteLength: number): ArrayBuffer };

/**
 * Gives the memory under `bytes` back now. What streams through is soon garbage, but engines count it late:
 * hundreds of MB can wait for a collector. Nobody may hold the buffer any more.
 */
export function letGo({ buffer }: Uint8Array<ArrayBuffer>): void {
  const given = buffer as Movable;
  if (!given.detached) given.transfer?.(0);
}
