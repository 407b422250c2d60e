/**
 * The shaders as WebAssembly, so that a processor computes what a graphics chip does, byte for byte. A
 * shader is run once with unknown inputs; what remains to be computed is written as one function.
 */

import { binary } from './arithmetic.ts';
import { encodeModule } from './binary.ts';
import { emit } from './emit.ts';
import { lanes } from './expressions.ts';
import { inline } from './functions.ts';
import { knownNumber, type Variable } from './lowering.ts';
import { elementOf, load } from './memory.ts';
import { parse } from './parse.ts';
import { type Program, prepare } from './program.ts';
import { Refusal, refuse } from './refusal.ts';
import { repeat } from './repeat.ts';
import { lanesOf, U32 } from './types.ts';
import {
  computed,
  everyLane,
  fromParts,
  known,
  type LaneValue,
  lanesIn,
  nodeOf,
  scalarOf,
  type Value,
} from './values.ts';

export type CompileOptions = {
  /** Values of override constants, by name. */
  readonly overrides: Readonly<Record<string, number>>;
  /**
   * First words of a read-only buffer known at compile time, by the buffer's variable name: loads of
   * them fold.
   */
  readonly known?: Readonly<Record<string, readonly number[]>>;
  /** File and line of line n (from 1) of `code`, for errors. */
  readonly where?: (line: number) => string;
};

export type Compiled = {
  /** A WebAssembly module. Imports env.memory; exports main. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Names of main's parameters: addresses of the bindings in order, then begin, end, z. */
  readonly parameters: readonly string[];
};

/** Something outside the subset, or wrong; the message begins with file and line. */
export class WgslError extends Error {
  override readonly name = 'WgslError';
}

/**
 * main(b0, …, b4, begin, end, z): workgroups begin … end − 1 of row z, as the shader says; one thread
 * after the other. Addresses are in bytes, multiples of four; no two buffers may overlap.
 */
export function compileShader(code: string, options: CompileOptions): Compiled {
  return compiled(code, options, (program) => {
    const { lowering, end, z } = program;
    const entry = lowering.syntax.entry ?? refuse('no function is marked @compute');
    const [size, ...more] = entry.size.map((one) => knownNumber(lanes(lowering, one), 'the size'));
    if (!(size >= 1) || more.some((n) => n !== 1)) refuse('a workgroup has one dimension');
    const vec3u = lanesOf('u32', 3);
    const none = scalarOf('u32', 0);
    const given = (group: LaneValue, thread: LaneValue): Record<string, Value> => ({
      workgroup_id: fromParts(vec3u, [group, none, computed(U32, z)]),
      // All are in one row: what is multiplied by its length is zero.
      num_workgroups: known(vec3u, [2 ** 32 - 1, 1, 1]),
      local_invocation_index: thread,
      local_invocation_id: fromParts(vec3u, [thread, none, none]),
    });
    const invoke = (group: LaneValue, thread: LaneValue) => {
      program.resetPrivates();
      const values = given(group, thread);
      const { parameters } = lowering.syntax.functions.get(entry.name)!;
      const args = parameters.map(
        ({ builtin, name }) => values[builtin ?? ''] ?? refuse(`${name} is given no value`),
      );
      inline(lowering, entry.name, args);
    };
    count(program, computed(U32, program.begin), computed(U32, end), (group) => {
      if (size === 1) invoke(group, none);
      else count(program, none, scalarOf('u32', size), (thread) => invoke(group, thread));
    });
  });
}

/**
 * The same bindings, but what `fn term(item, i) -> vec4f` gives for quads begin … end − 1 is added up in
 * f64, every fourth element on its own: four f64 are written to binding 3, the non-finite flag goes to
 * word 0 of binding 4. `list` names the array that the item is taken from, at index z. WGSL has no f64,
 * and thousands of terms added up in f32 are not what a sum is.
 */
export function compileSum(code: string, list: string, options: CompileOptions): Compiled {
  return compiled(code, options, (program) => {
    const { lowering, graph, z } = program;
    const items = program.buffer(list);
    const item = load(graph, elementOf(graph, items, computed(U32, z)));
    const vec4f = lanesOf('f32', 4);
    const halves: readonly Variable[] = ['low', 'high'].map((name) => ({ name, origin: {} }));
    for (const half of halves) lowering.variables.set(half, everyLane(vec4f, 0));
    count(program, computed(U32, program.begin), computed(U32, program.end), (i) => {
      const term = inline(lowering, 'term', [item, i]) ?? refuse('term returns nothing');
      const quad = nodeOf(graph, lanesIn(term));
      const upper = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7];
      const parts = [quad, graph.node('i8x16.shuffle', 'v128', [quad, quad], upper)];
      halves.forEach((half, at) => {
        const sum = nodeOf(graph, lanesIn(lowering.valueOf(half)));
        const wide = graph.node('f64x2.promote_low_f32x4', 'v128', [parts[at]]);
        const made = graph.node('f64x2.add', 'v128', [sum, wide]);
        lowering.variables.set(half, computed(vec4f, made));
      });
    });
    const address = program.addressOf(3);
    halves.forEach((half, at) => {
      const value = nodeOf(graph, lanesIn(lowering.valueOf(half)));
      graph.effect({ kind: 'store', op: 'v128.store', offset: 16 * at, address, value });
    });
    const flag = lanesIn(inline(lowering, 'met_non_finite', []) ?? refuse('no flag'));
    const value = nodeOf(graph, flag);
    graph.effect({ kind: 'update', op: 'i32.or', offset: 0, address: program.addressOf(4), value });
  });
}

/** Runs `body` for every number from `from` to `to` − 1, in a loop of the result. */
function count(
  { lowering, graph }: Program,
  from: LaneValue,
  to: LaneValue,
  body: (at: LaneValue) => void,
): void {
  const counter: Variable = { name: 'counter', origin: body };
  const at = () => lanesIn(lowering.valueOf(counter));
  const test = () => binary(graph, '<', at(), to);
  lowering.variables.set(counter, from);
  repeat(lowering, body, test, () => {
    body(at());
    lowering.variables.set(counter, binary(graph, '+', at(), scalarOf('u32', 1)));
    return test();
  });
  lowering.variables.delete(counter);
}

function compiled(
  code: string,
  options: CompileOptions,
  run: (program: Program) => void,
): Compiled {
  let line = 1;
  try {
    const program = prepare(parse(code), options);
    try {
      run(program);
    } finally {
      line = program.lowering.line;
    }
    const { parameters } = program;
    return { bytes: encodeModule(emit(program.graph, 'main', parameters.length)), parameters };
  } catch (cause) {
    const at = (cause instanceof Refusal ? cause.line : null) ?? line;
    const place = options.where?.(at) ?? `line ${at}`;
    throw new WgslError(`${place}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
