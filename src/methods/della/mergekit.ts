import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  base: 'base',
  parameters: {
    ...{ weight: mergekit.value(null), density: mergekit.value(1), epsilon: mergekit.value(0.15) },
    ...{ normalize: mergekit.divisor(true), rescale: mergekit.rescale('rescale', true) },
    ...{ lambda: mergekit.lambdaOfEach, int8_mask: mergekit.idle },
  },
} satisfies InMergekit;
