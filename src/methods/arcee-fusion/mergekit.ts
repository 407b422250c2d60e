import type { InMergekit } from '../mergekit.ts';

export default { since: 'mergekit 0.1.4', base: 'base', parameters: {} } satisfies InMergekit;
