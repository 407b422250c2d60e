import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  base: 'base',
  parameters: { epsilon: mergekit.value(1e-5) },
} satisfies InMergekit;
