/** Joins the modules under `shaders/` into one WGSL text, at run time: no build plugin, same in tests. */

import { methods } from '../../methods/registry.ts';
import { accessors, chooser } from './accessors.ts';

const texts = import.meta.glob<string>('/shaders/**/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/**
 * Every module by its path under `shaders/`, without the extension: 'map', 'lib/dtype'. The names of a method's
 * coefficients, and the choice of what it derives, are modules that are written here, beside its formula.
 */
export const modules: ReadonlyMap<string, string> = new Map([
  ...Object.entries(texts).map(
    ([path, text]) => [path.slice('/shaders/'.length, -5), text] as const,
  ),
  ...methods.flatMap(({ id, receives, derives = {} }) => {
    const formula = formulaModule(id);
    return [
      [coefficientsOf(formula), accessors(receives)],
      [derivedOf(formula), chooser(Object.keys(derives))],
    ] as const;
  }),
]);

/** `#constant NAME name`: the override NAME is the coefficient of that name, fixed when it is compiled. */
const CONSTANT = /^#constant (\w+) (\w+)$/;
const IMPORT = /^#import\s+(\S+)\s*$/;

type Line = { readonly text: string; readonly file: string; readonly line: number };

export type Linked = {
  readonly code: string;
  /** Where line n (from 0) of `code` was written; lines count from 1. */
  readonly origins: readonly Line[];
};

/**
 * The text of `shader` with each `#import name` replaced by that module, once each; `#import formula`
 * takes the module named by `formula`, and its coefficients before it; `#import derived` the same, and after it the
 * function that picks one of its derived numbers. Throws on unknown names and on modules that import each other.
 * With `counts`, loops up to a literal or up to a name in it are unrolled.
 */
export function link(
  shader: string,
  formula?: string,
  counts: Readonly<Record<string, number>> | null = null,
  from = modules,
): Linked {
  const done = new Set<string>();
  const include = (name: string, chain: readonly string[]): readonly Line[] => {
    if (chain.includes(name)) throw new Error(`Shader cycle: ${[...chain, name].join(' → ')}`);
    if (done.has(name)) return [];
    const text = from.get(name);
    if (text === undefined) {
      throw new Error(`No shader module "${name}", imported by ${chain.at(-1) ?? 'the program'}`);
    }
    const lines = text.split('\n').flatMap((line, index): readonly Line[] => {
      if (CONSTANT.test(line)) return [];
      const imported = IMPORT.exec(line)?.[1];
      if (!imported) return [{ text: line, file: `shaders/${name}.wgsl`, line: index + 1 }];
      return named(imported, formula, from).flatMap((each) => include(each, [...chain, name]));
    });
    done.add(name);
    return lines;
  };
  const included = include(shader, []);
  const origins = counts ? unrolled(included, counts) : included;
  return { code: origins.map(({ text }) => text).join('\n'), origins };
}

/**
 * Loops of a known length as so many copies of their body. Compilers for graphics chips do so anyway;
 * a software adapter spends more on a loop than on most bodies.
 */
function unrolled(lines: readonly Line[], counts: Readonly<Record<string, number>>): Line[] {
  const out: Line[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    const loop = /^(\s*)for \(var (\w+) = 0u; \2 < (?:(\d+)u|(\w+)); \2\+\+\) \{$/.exec(line.text);
    const count = loop && (loop[3] ? Number(loop[3]) : counts[loop[4]]);
    const end = lines.findIndex(({ text }, i) => i > at && text === `${loop?.[1]}}`);
    if (!loop || !count || end < 0) {
      out.push(line);
      continue;
    }
    const body = unrolled(lines.slice(at + 1, end), counts);
    for (let n = 0; n < count; n++) {
      out.push({ ...line, text: `${loop[1]}{ const ${loop[2]} = ${n}u;` }, ...body, lines[end]);
    }
    at = end;
  }
  return out;
}

/** A compiler's message with the file and line it is about. */
export function explain(linked: Linked, message: GPUCompilationMessage): string {
  const origin = linked.origins[message.lineNum - 1];
  const place = origin ? `${origin.file}:${origin.line}:${message.linePos}` : 'shader';
  return `${place}: ${message.type}: ${message.message}`;
}

/** The modules that an import stands for. */
function named(
  imported: string,
  formula: string | undefined,
  from: ReadonlyMap<string, string>,
): readonly string[] {
  if (imported === 'derived' && formula === undefined) return ['lib/underived'];
  if (!['formula', 'derived'].includes(imported) || formula === undefined) return [imported];
  const names = coefficientsOf(formula);
  const own = from.has(names) ? [names, formula] : [formula];
  return imported === 'derived' ? [...own, derivedOf(formula)] : own;
}

/**
 * Values of the overrides that a formula, and what it imports, takes from the coefficients. For rules, which stay
 * the same over a merge: the compiler removes the ways not taken. A name that the method does not have leaves the
 * override at its default.
 */
export function constantsFrom(
  formula: string,
  coefficients: Readonly<Record<string, unknown>>,
  from = modules,
): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  const visited = new Set<string>();
  const visit = (module: string): void => {
    if (visited.has(module)) return;
    visited.add(module);
    for (const line of (from.get(module) ?? '').split('\n')) {
      const imported = IMPORT.exec(line)?.[1];
      if (imported) visit(imported);
      const [, constant, name] = CONSTANT.exec(line) ?? [];
      const value = coefficients[name];
      if (typeof value === 'number') found[constant] = value;
    }
  };
  visit(formula);
  return found;
}

/** The module that holds a method's formula. */
export function formulaModule(methodId: string): string {
  return `methods/${methodId.replaceAll('_', '-')}`;
}

/** The module of the names that a formula reads its coefficients by. */
function coefficientsOf(formula: string): string {
  return formula.replace('methods/', 'coefficients/');
}

/** The module that picks one of the numbers that a method derives. */
function derivedOf(formula: string): string {
  return formula.replace('methods/', 'derived/');
}
