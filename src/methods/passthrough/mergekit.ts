import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default { base: 'listed', parameters: { scale: mergekit.value(1) } } satisfies InMergekit;
