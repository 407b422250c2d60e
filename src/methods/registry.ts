import type { MergeMethod } from './method.ts';

// The one place where methods of different parameter types meet as one type.
// biome-ignore lint/suspicious/noExplicitAny: an existential type, which TypeScript lacks
type AnyMethod = MergeMethod<any, any, any>;

const modules = import.meta.glob<AnyMethod>('./*/index.ts', { import: 'default', eager: true });

/** Every method, in picker order. */
export const methods: readonly MergeMethod[] = Object.values(modules).sort(
  (a, b) => a.order - b.order,
);

const byId = new Map(methods.map((method) => [method.id, method]));

export function findMethod(id: string): MergeMethod | null {
  return byId.get(id) ?? null;
}
