/**
 * What a function last came to for these tensors, or another object. A plan is made at every keystroke, and between two of them
 * what is made from names hardly ever changes. Arguments are the same when they are one by one.
 */
export function rememberLast<T>(): (own: object, args: readonly unknown[], make: () => T) => T {
  const last = new WeakMap<object, { readonly args: readonly unknown[]; readonly result: T }>();
  return (own, args, make) => {
    const known = last.get(own);
    const isSame =
      known?.args.length === args.length && known.args.every((arg, k) => arg === args[k]);
    if (isSame) return known.result;
    const result = make();
    last.set(own, { args, result });
    return result;
  };
}
