import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  base: 'base',
  parameters: { select_topk: mergekit.value(1), int8_mask: mergekit.idle },
} satisfies InMergekit;
