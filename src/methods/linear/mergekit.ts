import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  base: 'listed',
  parameters: { weight: mergekit.value(null), normalize: mergekit.value(true) },
} satisfies InMergekit;
