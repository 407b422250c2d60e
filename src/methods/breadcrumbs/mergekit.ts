import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  base: 'base',
  parameters: {
    ...{ weight: mergekit.value(null), density: mergekit.value(1), gamma: mergekit.value(0.01) },
    ...{ normalize: mergekit.value(false), rescale: mergekit.rescale('trimRescale', false) },
    ...{ lambda: mergekit.lambda, int8_mask: mergekit.idle },
  },
} satisfies InMergekit;
