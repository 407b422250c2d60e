import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default {
  since: 'mergekit 0.1.4',
  base: 'among',
  parameters: { max_iter: mergekit.value(10), tol: mergekit.value(1e-5) },
} satisfies InMergekit;
