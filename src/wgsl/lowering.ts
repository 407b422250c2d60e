/** What the evaluation of a shader knows at every moment: the graph so far, names, and values of variables. */

import type { Graph, Node } from './graph.ts';
import type { Buffer, Place } from './memory.ts';
import { refuse } from './refusal.ts';
import type { Expression, ModuleSyntax, TypeName } from './syntax.ts';
import { lanesOf, type Scalar, type Type } from './types.ts';
import type { LaneValue, Value } from './values.ts';

/** A `var` of a function or of the module; what declares it, the same whenever that is met again. */
export type Variable = { readonly name: string; readonly origin: object };

export type Binding =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'variable'; readonly variable: Variable }
  | { readonly kind: 'place'; readonly place: Place };

export type Scope = { readonly names: Map<string, Binding>; readonly parent: Scope | null };

/** Functions are inlined where they are called; null where nothing is returned. */
export type Inline = (lowering: Lowering, name: string, args: readonly Value[]) => Value | null;

const SCALARS: Readonly<Record<string, Scalar>> = {
  bool: 'bool',
  i32: 'i32',
  u32: 'u32',
  f32: 'f32',
};
const SHORT: Readonly<Record<string, Scalar>> = { f: 'f32', u: 'u32', i: 'i32' };

export class Lowering {
  readonly graph: Graph;
  readonly syntax: ModuleSyntax;
  readonly inline: Inline;
  /** Names of the module. */
  readonly globals: Scope = { names: new Map(), parent: null };
  scope: Scope = this.globals;
  variables = new Map<Variable, Value>();
  /** Functions that are being inlined and the lines of their calls, the innermost last. */
  readonly calls: string[] = [];
  /** Where in the shader the evaluation is, for messages. */
  line = 1;
  readonly #types = new Map<string, Type>();
  readonly #memory = new Map<string, Map<object, Map<object, ReadonlySet<number>>>>();
  readonly #later = new Map<string, () => Value>();

  constructor(graph: Graph, syntax: ModuleSyntax, inline: Inline) {
    this.graph = graph;
    this.syntax = syntax;
    this.inline = inline;
  }

  /** Runs with `line` as the place that messages name. */
  at<T>(line: number, run: () => T): T {
    const outer = this.line;
    this.line = line;
    const result = run();
    this.line = outer;
    return result;
  }

  inScope<T>(scope: Scope, run: () => T): T {
    const outer = this.scope;
    this.scope = scope;
    const result = run();
    this.scope = outer;
    return result;
  }

  /** Which variables a loop has been found to change, where it was met through the same calls. */
  remembered(loop: object): Map<object, ReadonlySet<number>> {
    const path = this.calls.join(' ');
    const loops = this.#memory.get(path) ?? new Map<object, Map<object, ReadonlySet<number>>>();
    this.#memory.set(path, loops);
    const found = loops.get(loop) ?? new Map<object, ReadonlySet<number>>();
    loops.set(loop, found);
    return found;
  }

  /** Runs in a scope of its own. */
  nested<T>(run: () => T, parent: Scope = this.scope): T {
    return this.inScope({ names: new Map(), parent }, run);
  }

  declare(name: string, binding: Binding): void {
    if (this.scope.names.has(name)) refuse(`${name} is declared twice`);
    this.scope.names.set(name, binding);
  }

  /** A constant of the module: evaluated when it is first asked for, for it may need later ones. */
  declareLater(name: string, value: () => Value): void {
    this.#later.set(name, value);
  }

  find(name: string): Binding {
    for (let scope: Scope | null = this.scope; scope; scope = scope.parent) {
      const found = scope.names.get(name);
      if (found) return found;
    }
    const later = this.#later.get(name) ?? refuse(`${name} is not declared`);
    this.#later.delete(name);
    const made: Binding = {
      kind: 'value',
      value: this.inScope({ names: new Map(), parent: this.globals }, later),
    };
    this.globals.names.set(name, made);
    return made;
  }

  valueOf(variable: Variable): Value {
    return this.variables.get(variable) ?? refuse(`${variable.name} has no value here`);
  }

  /** The type that a name stands for. `count` gives the length of an array. */
  typeOf({ name, args, count, line }: TypeName, known: (count: Expression) => number): Type {
    if (count || name === 'array') {
      if (name !== 'array' || args.length !== 1) refuse(`no type ${name}`, line);
      const of = this.typeOf(args[0], known);
      return { kind: 'array', of, length: count ? known(count) : null };
    }
    const [vector, size, short] = /^vec([234])([fui])?$/.exec(name) ?? [];
    if (vector) {
      const element = args.length === 1 && !short ? this.typeOf(args[0], known) : null;
      if (!short && (element?.kind !== 'lanes' || element.size > 1))
        refuse(`no type ${name}`, line);
      const of = short ? SHORT[short] : (element as { of: Scalar }).of;
      return lanesOf(of, Number(size));
    }
    if (name === 'atomic' && args.length === 1 && /^[iu]32$/.test(args[0].name)) {
      return { kind: 'atomic', of: args[0].name === 'u32' ? 'u32' : 'i32' };
    }
    if (args.length > 0) refuse(`no type ${name}<…>`, line);
    if (SCALARS[name]) return lanesOf(SCALARS[name], 1);
    return this.#structOf(name, line, known);
  }

  #structOf(name: string, line: number, known: (count: Expression) => number): Type {
    const found = this.#types.get(name);
    if (found) return found;
    const declared = this.syntax.structs.get(name) ?? refuse(`no type ${name}`, line);
    const fields = declared.fields.map((field) => ({
      name: field.name,
      type: this.typeOf(field.type, known),
    }));
    const made: Type = { kind: 'struct', name, fields };
    this.#types.set(name, made);
    return made;
  }
}

/** A buffer as a place. */
export function bufferAt(
  address: Node,
  type: Type,
  { name, writable, words }: Pick<Buffer, 'name' | 'writable' | 'words'>,
): Place {
  return { buffer: { name, address, writable, words }, terms: new Map(), offset: 0, type };
}

/** A value that must be known while the shader is compiled. */
export function knownNumber(value: LaneValue, what: string): number {
  if (value.kind !== 'known' || value.type.size !== 1) return refuse(`${what} is not known`);
  return value.lanes[0];
}
