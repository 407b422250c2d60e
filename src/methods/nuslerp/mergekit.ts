import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  base: 'turns',
  parameters: {
    weight: mergekit.value(null),
    nuslerp_flatten: mergekit.value(true),
    nuslerp_row_wise: mergekit.value(false),
  },
} satisfies InMergekit;
