import type { InMergekit } from '../mergekit.ts';

export default { base: 'base', parameters: {} } satisfies InMergekit;
