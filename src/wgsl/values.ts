/**
 * Values while a shader is compiled: numbers where they are known, else nodes that compute them. A vector
 * of two to four lanes is one v128, what lies in lanes beyond is anything. A bool is 0 or 1, lanes of a
 * vec<bool> are masks: all bits or none.
 */

import type { Graph, Node } from './graph.ts';
import type { WasmType } from './instructions.ts';
import { refuse } from './refusal.ts';
import { type Byte, bytesOf, shuffled } from './shuffle.ts';
import {
  type ArrayType,
  isAbstract,
  type Lanes,
  lanesOf,
  nameOf,
  type Scalar,
  type StructType,
  type Type,
} from './types.ts';

export type Known = {
  readonly kind: 'known';
  readonly type: Lanes;
  /** Finite numbers; bools are 0 and 1. */
  readonly lanes: readonly number[];
};
export type Computed = { readonly kind: 'node'; readonly type: Lanes; readonly node: Node };
/** A vector by its components. */
export type Parts = {
  readonly kind: 'parts';
  readonly type: Lanes;
  readonly parts: readonly LaneValue[];
  /** Whether components were set one by one: then arithmetic goes on one by one. */
  readonly apart: boolean;
};
export type LaneValue = Known | Computed | Parts;
/** A struct by its fields, or an array by its elements. */
export type Composite = {
  readonly kind: 'items';
  readonly type: StructType | ArrayType;
  readonly items: readonly Value[];
};
export type Value = LaneValue | Composite;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** A number as the 32 bits of a lane of a vector. */
export function bitsOf(scalar: Scalar, x: number): number {
  if (scalar === 'bool') return x ? -1 : 0;
  if (scalar !== 'f32') return x | 0;
  float[0] = x;
  return bits[0];
}
export function numberOf(scalar: Scalar, word: number): number {
  if (scalar === 'bool') return word ? 1 : 0;
  if (scalar === 'u32') return word >>> 0;
  if (scalar !== 'f32') return word | 0;
  bits[0] = word;
  return float[0];
}

export const wasmTypeOf = ({ of, size }: Lanes): WasmType =>
  size > 1 ? 'v128' : of === 'f32' ? 'f32' : 'i32';
/** The instruction family for a type: f32x4, i32x4, f32 or i32. */
export const familyOf = ({ of, size }: Lanes) =>
  `${of === 'f32' ? ('f32' as const) : ('i32' as const)}${size > 1 ? ('x4' as const) : ('' as const)}` as const;

export function known(type: Lanes, lanes: readonly number[]): Known {
  return { kind: 'known', type, lanes };
}
export const scalarOf = (of: Scalar, x: number): Known => known(lanesOf(of, 1), [x]);
export const everyLane = (type: Lanes, x: number): Known =>
  known(type, new Array<number>(type.size).fill(x));
export function computed(type: Lanes, node: Node): Computed {
  return { kind: 'node', type, node };
}

/** Whether it is known to be `x` in every lane. */
export function isAll(value: LaneValue, x: number): boolean {
  return value.kind === 'known' && value.lanes.every((lane) => Object.is(lane, x));
}

export function zero(type: Type): Value {
  switch (type.kind) {
    case 'lanes':
      return everyLane(type, 0);
    case 'struct':
      return { kind: 'items', type, items: type.fields.map((field) => zero(field.type)) };
    case 'array': {
      const length = type.length ?? refuse(`${nameOf(type)} is no value`);
      return { kind: 'items', type, items: new Array<Value>(length).fill(zero(type.of)) };
    }
    case 'atomic':
      return refuse('an atomic is no value');
  }
}

/** A value of lanes; structs and arrays are refused. */
export function lanesIn(value: Value): LaneValue {
  return value.kind === 'items' ? refuse(`${nameOf(value.type)} is no number`) : value;
}

export function fromParts(type: Lanes, parts: readonly LaneValue[], apart = false): LaneValue {
  const lanes = parts.flatMap((part) => (part.kind === 'known' ? part.lanes : []));
  return lanes.length === type.size ? known(type, lanes) : { kind: 'parts', type, parts, apart };
}

/** One component, as a scalar. */
export function laneOf(graph: Graph, value: LaneValue, index: number): LaneValue {
  const type = lanesOf(value.type.of, 1);
  if (value.type.size === 1) return value;
  if (value.kind === 'parts') return value.parts[index];
  if (value.kind === 'known') return known(type, [value.lanes[index]]);
  const { node } = value;
  const isBool = type.of === 'bool';
  if (node.op === 'constant') return known(type, [numberOf(type.of, node.immediate[index])]);
  if (/splat$/.test(node.op)) {
    const [one] = node.args;
    // A bitcast of a vector leaves its node, so that the scalar may be of the other kind.
    if (!isBool && one.type === wasmTypeOf(type)) return computed(type, one);
    if (!isBool) {
      const op = type.of === 'f32' ? 'f32.reinterpret_i32' : 'i32.reinterpret_f32';
      return computed(type, graph.node(op, wasmTypeOf(type), [one]));
    }
    // The mask of a bool b is 0 − b.
    if (one.op === 'i32.sub' && one.args[0].is(0)) return computed(type, one.args[1]);
  }
  const op = type.of === 'f32' ? 'f32x4.extract_lane' : 'i32x4.extract_lane';
  const lane = graph.node(op, wasmTypeOf(type), [node], [index]);
  if (!isBool) return computed(type, lane);
  return computed(type, graph.node('i32.and', 'i32', [lane, graph.constant('i32', [1])]));
}

export function splat(graph: Graph, scalar: LaneValue, size: number): LaneValue {
  const type = lanesOf(scalar.type.of, size);
  if (scalar.kind === 'known') return everyLane(type, scalar.lanes[0]);
  const op = type.of === 'f32' ? 'f32x4.splat' : 'i32x4.splat';
  return computed(type, graph.node(op, 'v128', [laneNode(graph, scalar)]));
}

/** A scalar as a lane of a vector has it. */
function laneNode(graph: Graph, scalar: LaneValue): Node {
  const node = nodeOf(graph, scalar);
  if (scalar.type.of !== 'bool') return node;
  return node.op === 'constant'
    ? graph.constant('i32', [-node.immediate[0]])
    : graph.node('i32.sub', 'i32', [graph.constant('i32', [0]), node]);
}

/** The node that computes a value. */
export function nodeOf(graph: Graph, value: LaneValue): Node {
  if (value.kind === 'node') return value.node;
  const { of, size } = value.type;
  if (isAbstract(value.type)) refuse('a number without a type');
  if (value.kind === 'parts') return packed(graph, value);
  if (size === 1) {
    const word = of === 'bool' ? value.lanes[0] : bitsOf(of, value.lanes[0]);
    return graph.constant(wasmTypeOf(value.type), [word]);
  }
  // Lanes beyond repeat the last, so that a uniform vector stays uniform.
  const words = Array.from({ length: 4 }, (_, i) => bitsOf(of, value.lanes[Math.min(i, size - 1)]));
  return graph.constant('v128', words);
}

function packed(graph: Graph, { type, parts }: Parts): Node {
  const family = type.of === 'f32' ? 'f32x4' : 'i32x4';
  const nodes = parts.map((part) => laneNode(graph, part));
  if (nodes.every((node) => node === nodes[0])) {
    return graph.node(`${family}.splat`, 'v128', [nodes[0]]);
  }
  const moved = shuffled(
    graph,
    nodes.flatMap((node): readonly Byte[] => bytesOf(node)),
  );
  if (moved) return moved;
  // From the vector that the first fitting lane comes from, or from what is known.
  const origins = nodes.map((node, i) =>
    node.op === `${family}.extract_lane` && node.immediate[0] === i ? node.args[0] : null,
  );
  const source = origins.find((origin) => origin !== null) ?? null;
  const words = nodes.map((node) => (node.op === 'constant' ? node.immediate[0] : 0));
  const someKnown = nodes.some((node) => node.op === 'constant');
  let whole =
    source ??
    (someKnown
      ? graph.constant('v128', [...words, 0, 0].slice(0, 4))
      : graph.node(`${family}.splat`, 'v128', [nodes[0]]));
  nodes.forEach((node, i) => {
    const isThere = source
      ? origins[i] === source
      : someKnown
        ? node.op === 'constant'
        : node === nodes[0];
    if (!isThere) whole = graph.node(`${family}.replace_lane`, 'v128', [whole, node], [i]);
  });
  return whole;
}
