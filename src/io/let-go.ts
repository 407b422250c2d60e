/** Nobody listens: what is sent is dropped. */
const { port1: nowhere, port2 } = new MessageChannel();
port2.close();

/**
 * Gives the memory under `bytes` back now. What streams through is soon garbage, but engines count it late, and
 * hundreds of MB wait for a collector. `ArrayBuffer.prototype.transfer` does not help: Chromium then keeps the
 * memory, uncounted, until the collector comes (measured: ten times the memory). Nobody may use the buffer after.
 */
export function letGo({ buffer }: Uint8Array<ArrayBuffer>): void {
  if (buffer.byteLength > 0) nowhere.postMessage(null, [buffer]);
}
