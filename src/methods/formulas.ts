import type { MergeMethod } from './method.ts';

const formulas = import.meta.glob<string>('./*/formula.tex', { import: 'default', eager: true });

/** The formula as MathML, made at build time from `formula.tex` beside the method. */
export function formulaOf(method: MergeMethod): string {
  return formulas[`./${method.id.replaceAll('_', '-')}/formula.tex`] ?? '';
}
