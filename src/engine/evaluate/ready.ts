import type { Processor } from '../../evaluate/forward/processor.ts';
import type { Able } from '../../evaluate/runner.ts';

/** A model with all of its weights on a processor of its own. */
export type OpenRunner = Able & { readonly processor: Processor };
