import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  base: 'turns',
  parameters: {
    weight: mergekit.value(null),
    ...{ normalize_weights: mergekit.value(true), eps: mergekit.value(1e-8) },
  },
} satisfies InMergekit;
