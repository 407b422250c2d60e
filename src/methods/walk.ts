/** A method as steps that a person can follow, one picture each. */
import type { MergeMethod, Step } from './method.ts';

export const voting: readonly Step[] = [
  { shows: 'vote', name: 'Elect' },
  { shows: 'merged', name: 'Disjoint mean' },
  { shows: 'result', name: 'Add λ' },
];

export const drawing: readonly Step[] = [
  { shows: 'changes', name: 'Task vectors' },
  { shows: 'drawn', name: 'Draws' },
  { shows: 'left', name: 'Rescale' },
];

/** The method's own steps, or those that follow from what it has. */
export function stepsOf(method: MergeMethod): readonly Step[] {
  if (method.figure?.steps) return method.figure.steps;
  const hasBase = method.arity.base === 'required';
  return [
    { shows: 'changes', name: hasBase ? 'Task vectors' : 'Models' },
    ...(method.left ? [{ shows: 'left', name: 'Trim' } as const] : []),
    ...(method.elects
      ? voting
      : ([
          { shows: 'merged', name: hasBase ? 'Sum' : 'Mean' },
          ...('lambda' in method.params.global
            ? [{ shows: 'result', name: 'Add λ' } as const]
            : []),
        ] as const)),
  ];
}
