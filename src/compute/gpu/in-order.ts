/**
 * Starts work on items before the work on earlier ones is done, at most `window` at a time, and yields
 * each item with its result in the order of the items. Leaving early leaves no rejection unhandled.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  start: (item: Item) => Promise<Result>,
  window: number,
): AsyncGenerator<readonly [Item, Result]> {
  const begun: (readonly [Item, Promise<Result>])[] = [];
  for await (const item of items) {
    if (begun.length >= window) {
      const [first, result] = begun.shift()!;
      yield [first, await result];
    }
    const result = start(item);
    // Whoever awaits it sees the failure; nobody may, if an earlier one fails first.
    result.catch(() => {});
    begun.push([item, result]);
  }
  for (const [item, result] of begun) yield [item, await result];
}
