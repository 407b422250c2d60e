/** The methods that mergekit has. Apart from the registry, so that only who reads or writes its recipes loads it. */

import type { InMergekit } from './mergekit.ts';
import type { MergeMethod } from './method.ts';
import { methods } from './registry.ts';

export type MergekitMethod = MergeMethod & { readonly mergekit: InMergekit };

const files = import.meta.glob<{ default: InMergekit }>('./*/mergekit.ts', { eager: true });

export const mergekitMethods: readonly MergekitMethod[] = methods.flatMap((method) => {
  const mergekit = files[`./${method.id.replaceAll('_', '-')}/mergekit.ts`]?.default;
  return mergekit ? [{ ...method, mergekit }] : [];
});
