import type { MergeMethod } from '../../methods/method.ts';

/** What a method takes, in few words: "base + 1 or more models". */
export function needsOf({ arity }: MergeMethod): string {
  const [min, max] = arity.models;
  const models =
    min === max
      ? `exactly ${min === 1 ? 'one model' : `${min} models`}`
      : max === Number.POSITIVE_INFINITY
        ? `${min === 1 ? 'one' : min} or more models`
        : `${min} to ${max} models`;
  const base = { required: 'a base and ', optional: '', none: '' }[arity.base];
  const without = { required: '', optional: ', base optional', none: ', no base' }[arity.base];
  return `${base}${models}${without}`;
}
