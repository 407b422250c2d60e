import type { Tensors } from './names/tensors.ts';

/**
 * What a function last came to for these tensors. A plan is made at every keystroke, and between two of them
 * what is made from names hardly ever changes. Arguments are the same when they are one by one.
 */
export function rememberLast<T>(): (own: Tensors, args: readonly unknown[], make: () => T) => T {
  const last = new WeakMap<Tensors, { readonly args: readonly unknown[]; readonly result: T }>();
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
