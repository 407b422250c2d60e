import { type InMergekit, mergekitParameters as mergekit } from '../mergekit.ts';

export default { base: 'first', parameters: { t: mergekit.value(null) } } satisfies InMergekit;
