/** What PEFT's `add_weighted_adapter` calls merges: its combination types. */
import { type Combine, combines } from './combine.ts';
import type { MergeMethod } from './method.ts';
import { methods } from './registry.ts';

export type Combination = { readonly method: MergeMethod; readonly combine: Combine };

/** The method and what it is done to, by combination type. */
export const combinationTypes: ReadonlyMap<string, Combination> = new Map(
  methods.flatMap((method) =>
    combines.flatMap((combine) => {
      const type = method.peft?.[combine];
      return type === undefined ? [] : [[type, { method, combine }] as const];
    }),
  ),
);
