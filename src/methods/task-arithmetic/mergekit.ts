import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  base: 'base',
  parameters: {
    weight: mergekit.value(null),
    normalize: mergekit.value(false),
    lambda: mergekit.lambda,
    ...{ density: mergekit.idle, rescale: mergekit.idle, int8_mask: mergekit.idle },
  },
} satisfies InMergekit;
