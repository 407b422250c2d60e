import type { InMergekit } from '../mergekit.ts';

export default {
  base: 'base',
  parameters: { filter_wise: { is: 'only', value: false, default: false } },
} satisfies InMergekit;
