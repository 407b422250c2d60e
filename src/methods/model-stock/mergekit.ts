import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  base: 'base',
  parameters: { filter_wise: mergekit.value(false) },
} satisfies InMergekit;
