import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  since: 'mergekit',
  base: 'base',
  parameters: { epsilon: mergekit.value(1e-5) },
} satisfies InMergekit;
