/** Matrices that a plan's methods take apart into singular vectors, and about how long that takes. */
import { findMethod } from '../methods/registry.ts';
import type { Job, Plan } from './types.ts';

type Planned = Pick<Plan, 'method'> & {
  readonly jobs: readonly Pick<Job, 'tensor' | 'shape' | 'parts'>[];
};

export type Decomposition = {
  readonly tensor: string;
  readonly shape: readonly number[];
  /** Of one core. */
  readonly seconds: number;
};

/** Operations a second that one core was seen to do: 1.1 to 1.7 · 10⁹ (AMD EPYC, Node 20, sides of 256 to 896). */
const RATE = 1.5e9;

/** Whether any tensor is merged by a method that takes it apart: it runs on the CPU, and no sample tells what it makes. */
export function decomposes(plan: Planned): boolean {
  return methodsOf(plan).some((id) => findMethod(id)?.decomposes !== undefined);
}

export function decompositionsOf(plan: Planned): readonly Decomposition[] {
  return plan.jobs.flatMap(({ tensor, shape, parts }) =>
    parts.flatMap((part): readonly Decomposition[] => {
      if (part.kind !== 'merge') return [];
      const method = findMethod(part.craft?.method ?? plan.method);
      const operations = method?.decomposes?.(shape, part.planes.length) ?? 0;
      return operations > 0 ? [{ tensor, shape, seconds: operations / RATE }] : [];
    }),
  );
}

function methodsOf({ method, jobs }: Planned): readonly string[] {
  const own = jobs.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.kind === 'merge' && part.craft ? [part.craft.method] : [])),
  );
  return [method, ...own];
}
