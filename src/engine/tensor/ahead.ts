const ignore = () => {};

/**
 * Pulls one item ahead of its reader, beginning at once: while an item is used, the next one is
 * made. Holds at most one finished item, which is all the buffering the pipeline has.
 */
export function ahead<T>(source: AsyncIterable<T>): AsyncIterableIterator<T> {
  const iterator = source[Symbol.asyncIterator]();
  const pull = () => {
    const result = iterator.next();
    result.catch(ignore); // seen by whoever awaits it; a reader that left does not
    return result;
  };
  let pending = pull();
  let over = false;
  return {
    async next() {
      const result = await pending;
      if (result.done || over) return { done: true, value: undefined };
      pending = pull();
      return result;
    },
    async return() {
      over = true;
      await pending.catch(ignore);
      await iterator.return?.().catch(ignore);
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
