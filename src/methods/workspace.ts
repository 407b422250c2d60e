/** Room for what a formula finds on its way, used again for the next block. No two pieces of one block overlap. */
export class Workspace {
  readonly #arrays: Float32Array<ArrayBuffer>[] = [];
  #next = 0;

  /** So many elements, holding anything; until `clear`. */
  take(length: number): Float32Array<ArrayBuffer> {
    const at = this.#next++;
    const array = this.#arrays[at];
    if (array && array.length >= length) return array.subarray(0, length);
    this.#arrays[at] = new Float32Array(length);
    return this.#arrays[at];
  }

  /** A new block begins: nobody looks at the pieces of the last one any more. */
  clear(): void {
    this.#next = 0;
  }
}
