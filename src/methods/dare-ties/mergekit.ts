import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  base: 'base',
  parameters: {
    ...{ weight: mergekit.value(null), density: mergekit.value(1) },
    ...{ normalize: mergekit.divisor(false), rescale: mergekit.rescale('rescale', true) },
    ...{ lambda: mergekit.lambda, int8_mask: mergekit.idle },
  },
} satisfies InMergekit;
