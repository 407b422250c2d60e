import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  since: 'mergekit',
  base: 'base',
  parameters: {
    r: mergekit.value(0.1),
    alpha: mergekit.value(0.2),
    epsilon: mergekit.value(1e-5),
  },
} satisfies InMergekit;
