export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Beyond 2^53 not exact, and then larger than any file. */
export function u64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
