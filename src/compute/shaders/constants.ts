import { floatDtypes } from '../../numerics/dtype.ts';
import type { Blocks, Work } from '../backend.ts';

/** Code of planes whose dtypes differ, as in lib/planes.wgsl. */
export const MIXED = floatDtypes.length;

/** Values of the override constants that every shader has. */
export function constantsOf(
  { dtypes, hasBase, readAs }: Pick<Blocks, 'dtypes' | 'hasBase' | 'readAs'>,
  work: Work,
): Readonly<Record<string, number>> {
  const shared = dtypes.every((dtype) => dtype === dtypes[0]);
  return {
    DTYPE: shared ? floatDtypes.indexOf(dtypes[0]) : MIXED,
    MODELS: dtypes.length - (hasBase ? 1 : 0),
    HAS_BASE: hasBase ? 1 : 0,
    READ_AS: floatDtypes.indexOf(readAs),
    WORK: floatDtypes.indexOf(work),
  };
}
