import type { Backend } from '../src/compute/backend.ts';
import { cpuBackend } from '../src/compute/cpu/backend.ts';
import { definitionBackend } from '../src/compute/cpu/definition.ts';

/** The TypeScript definition, in this thread. */
export const definition = (): Backend => definitionBackend();

/** The compiled shaders, in this thread. */
export const compiled = (): Backend => cpuBackend();
