import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  base: 'turns',
  parameters: {
    weight: mergekit.value(null),
    nuslerp_flatten: { is: 'only', value: true, default: true },
    nuslerp_row_wise: mergekit.idle,
  },
} satisfies InMergekit;
