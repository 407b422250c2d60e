/** The two CPU backends that are compared, each computing inline on one core. */
import type { Backend } from '../src/compute/backend.ts';
import { cpuBackend } from '../src/compute/cpu/backend.ts';

/** The formulas in TypeScript: what the numbers are defined by. */
export const definition = (): Backend => cpuBackend({ workers: 0 });

/** The shaders compiled for the CPU. */
export const compiled = (): Backend => cpuBackend({ workers: 0 });
