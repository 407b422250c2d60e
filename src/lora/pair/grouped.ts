/** Things by each of their keys, in the order they come. */
export function grouped<Item>(items: Iterable<Item>, keysOf: (item: Item) => readonly string[]) {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
  }
  return groups as ReadonlyMap<string, readonly Item[]>;
}
