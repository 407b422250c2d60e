import { asType, concrete, convert, typed } from './convert.ts';
import { evaluate, typeOf } from './expressions.ts';
import { inline } from './functions.ts';
import { Graph, type Node } from './graph.ts';
import { bufferAt, Lowering, type Variable } from './lowering.ts';
import type { Place } from './memory.ts';
import { refuse } from './refusal.ts';
import type { GlobalDeclaration, ModuleSyntax } from './syntax.ts';
import { type Lanes, lanesOf } from './types.ts';
import { known, type Value, zero } from './values.ts';

/** A shader that is ready to be run: its constants, private variables and buffers have values. */
export type Program = {
  readonly lowering: Lowering;
  readonly graph: Graph;
  /** Names of the parameters of the function that is made. */
  readonly parameters: readonly string[];
  readonly begin: Node;
  readonly end: Node;
  readonly z: Node;
  /** The buffer of a name. */
  buffer(name: string): Place;
  /** Where the buffer of a binding begins. */
  addressOf(binding: number): Node;
  /** Private variables as they are when a thread begins. */
  resetPrivates(): void;
};

type Given = {
  readonly overrides: Readonly<Record<string, number>>;
  readonly known?: Readonly<Record<string, readonly number[]>>;
};

export function prepare(syntax: ModuleSyntax, { overrides, known: words = {} }: Given): Program {
  const graph = new Graph();
  const lowering = new Lowering(graph, syntax, inline);
  const globals = [...syntax.globals.values()];
  const buffers = globals
    .filter(({ kind }) => kind === 'buffer')
    .sort((a, b) => a.binding - b.binding);
  buffers.forEach(({ binding, line }, i) => {
    if (binding !== i) refuse(`bindings must be 0, 1, 2, …; ${binding} is out of order`, line);
  });
  const parameters = [...buffers.map(({ name }) => name), 'begin', 'end', 'z'];
  const nodes = parameters.map((_, i) => graph.parameter(i));
  for (const global of globals) {
    if (global.kind !== 'const' && global.kind !== 'override') continue;
    lowering.declareLater(global.name, () => constant(lowering, global, overrides[global.name]));
  }
  const privates = globals.flatMap((global) => {
    if (global.kind !== 'private') return [];
    const variable: Variable = { name: global.name, origin: global };
    lowering.declare(global.name, { kind: 'variable', variable });
    return [{ variable, global }];
  });
  buffers.forEach((global, i) => {
    const { name, writable } = global;
    const type = typeOf(lowering, global.type ?? refuse(`${name} has no type`, global.line));
    const place = bufferAt(nodes[i], type, { name, writable, words: words[name] ?? [] });
    lowering.declare(name, { kind: 'place', place });
  });
  const starts = privates.map(({ global }) => startOf(lowering, global));
  const resetPrivates = () => {
    for (const [i, { variable }] of privates.entries()) lowering.variables.set(variable, starts[i]);
  };
  resetPrivates();
  const [begin, end, z] = nodes.slice(buffers.length);
  return {
    lowering,
    graph,
    parameters,
    begin,
    end,
    z,
    resetPrivates,
    addressOf: (binding) => nodes[buffers[binding] ? binding : refuse(`no binding ${binding}`)],
    buffer: (name) => {
      const found = lowering.globals.names.get(name);
      return found?.kind === 'place' ? found.place : refuse(`no buffer ${name}`);
    },
  };
}

function startOf(lowering: Lowering, { type, value, line, name }: GlobalDeclaration): Value {
  return lowering.at(line, () => {
    const declared = type && typeOf(lowering, type);
    if (!value) return declared ? zero(declared) : refuse(`${name} has no type`);
    const made = evaluate(lowering, value);
    return declared ? asType(made, declared) : concrete(made);
  });
}

/** The value of a `const` or an `override`. */
function constant(
  lowering: Lowering,
  { kind, name, type, value, line }: GlobalDeclaration,
  given: number | undefined,
): Value {
  return lowering.at(line, () => {
    const declared = type && typeOf(lowering, type);
    const own = value && evaluate(lowering, value);
    const isOverride = kind === 'override';
    const written = own && (declared ? asType(own, declared) : isOverride ? concrete(own) : own);
    if (!isOverride || given === undefined) {
      if (written?.kind !== 'known') return refuse(`${name} has no value that is known`);
      return written;
    }
    const wanted = declared ?? written?.type;
    if (wanted?.kind !== 'lanes' || wanted.size > 1) return refuse(`${name} has no type`);
    return overridden(lowering, wanted, given);
  });
}

function overridden({ graph }: Lowering, type: Lanes, given: number): Value {
  const number = known(lanesOf(Number.isInteger(given) && type.of !== 'f32' ? 'int' : 'float', 1), [
    given,
  ]);
  return type.of === 'bool' ? convert(graph, type, number) : typed(number, type);
}
