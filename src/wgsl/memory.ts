/**
 * Buffers: places in them, loads and stores. No two buffers of a call may overlap, and what is written is
 * never read, so loads may be shared and moved before stores.
 */

import { typed } from './convert.ts';
import type { Graph, Node } from './graph.ts';
import type { Op } from './instructions.ts';
import { refuse } from './refusal.ts';
import { type Lanes, lanesOf, layoutOf, nameOf, sizeOf, strideOf, type Type } from './types.ts';
import {
  computed,
  known,
  type LaneValue,
  laneOf,
  lanesIn,
  nodeOf,
  numberOf,
  type Value,
  wasmTypeOf,
} from './values.ts';

export type Buffer = {
  readonly name: string;
  readonly address: Node;
  readonly writable: boolean;
  /** First words, if they are known. */
  readonly words: readonly number[];
};

/** buffer.address + Σ node·factor + offset, in bytes modulo 2³². */
export type Place = {
  readonly buffer: Buffer;
  readonly terms: ReadonlyMap<Node, number>;
  readonly offset: number;
  readonly type: Type;
};

export function fieldOf(place: Place, name: string): Place {
  const { type } = place;
  if (type.kind === 'lanes' && type.size > 1 && /^[xyzwrgba]$/.test(name)) {
    return component(place, type, laneIndex(type, name));
  }
  if (type.kind !== 'struct') return refuse(`${nameOf(type)} has no field ${name}`);
  const index = type.fields.findIndex((field) => field.name === name);
  if (index < 0) return refuse(`${type.name} has no field ${name}`);
  const offset = place.offset + layoutOf(type).offsets[index];
  return { ...place, offset, type: type.fields[index].type };
}

function component(place: Place, type: Lanes, index: number): Place {
  return { ...place, offset: place.offset + 4 * index, type: lanesOf(type.of, 1) };
}

/** Which component a letter names. */
export function laneIndex(type: Lanes, letter: string): number {
  const index = Math.max('xyzw'.indexOf(letter), 'rgba'.indexOf(letter));
  return index >= 0 && index < type.size ? index : refuse(`${nameOf(type)} has no ${letter}`);
}

export function elementOf(graph: Graph, place: Place, index: LaneValue): Place {
  const { type } = place;
  if (type.kind !== 'array' && !(type.kind === 'lanes' && type.size > 1)) {
    return refuse(`${nameOf(type)} has no elements`);
  }
  const whole = index.type.of === 'int' ? typed(index, lanesOf('u32', 1)) : index;
  if (whole.type.size !== 1 || !['u32', 'i32'].includes(whole.type.of)) {
    refuse(`${nameOf(index.type)} is no index`);
  }
  const of = type.kind === 'array' ? type.of : lanesOf(type.of, 1);
  const terms = new Map(place.terms);
  const stride = type.kind === 'array' ? strideOf(type) : 4;
  const offset = (place.offset + linear(nodeOf(graph, whole), stride, terms)) | 0;
  return { ...place, terms, offset, type: of };
}

/** Adds node · factor to a sum; gives what is known of it as a number. */
function linear(node: Node, factor: number, into: Map<Node, number>): number {
  const [a, b] = node.args;
  if (node.op === 'constant') return Math.imul(node.immediate[0], factor);
  if (node.op === 'i32.add') return linear(a, factor, into) + linear(b, factor, into);
  if (node.op === 'i32.shl' && b.op === 'constant') {
    return linear(a, factor << b.immediate[0], into);
  }
  if (node.op === 'i32.mul') {
    const [x, k] = a.op === 'constant' ? [b, a] : [a, b];
    if (k.op === 'constant') return linear(x, Math.imul(factor, k.immediate[0]), into);
  }
  into.set(node, ((into.get(node) ?? 0) + factor) | 0);
  return 0;
}

/** An address and the offset that an instruction adds to it. What changes seldom is added first. */
function addressOf(graph: Graph, { buffer, terms, offset }: Place): readonly [Node, number] {
  const i32 = (n: number) => graph.constant('i32', [n]);
  const sorted = [...terms]
    .filter(([, factor]) => factor !== 0)
    .sort(([a], [b]) => a.block.depth - b.block.depth || a.id - b.id);
  let sum = buffer.address;
  for (const [node, factor] of sorted) {
    const isPower = (factor & (factor - 1)) === 0;
    const scaled =
      factor === 1
        ? node
        : isPower
          ? graph.node('i32.shl', 'i32', [node, i32(Math.log2(factor >>> 0))])
          : graph.node('i32.mul', 'i32', [node, i32(factor)]);
    sum = graph.node('i32.add', 'i32', [sum, scaled]);
  }
  if (offset >= 0) return [sum, offset];
  return [graph.node('i32.add', 'i32', [sum, i32(offset)]), 0];
}

export function load(graph: Graph, place: Place): Value {
  const { type, buffer } = place;
  if (buffer.writable) return refuse(`${buffer.name} is written, so it cannot be read`);
  if (type.kind === 'struct') {
    return {
      kind: 'items',
      type,
      items: type.fields.map(({ name }) => load(graph, fieldOf(place, name))),
    };
  }
  if (type.kind !== 'lanes') return refuse(`${nameOf(type)} cannot be read as a whole`);
  sizeOf(type);
  const told = [...place.terms.values()].every((factor) => factor === 0)
    ? buffer.words.slice(place.offset / 4, place.offset / 4 + type.size)
    : [];
  const lanes = told.map((word) => numberOf(type.of, word));
  if (lanes.length === type.size && lanes.every(Number.isFinite)) return known(type, lanes);
  const [address, offset] = addressOf(graph, place);
  const ops: readonly Op[] = [
    type.of === 'f32' ? 'f32.load' : 'i32.load',
    'v128.load64_zero',
    // Of three lanes the fourth is read as well: memory reserves it.
    'v128.load',
    'v128.load',
  ];
  return computed(type, graph.node(ops[type.size - 1], wasmTypeOf(type), [address], [offset]));
}

export function store(graph: Graph, place: Place, value: Value): void {
  const { type, buffer } = place;
  if (!buffer.writable) refuse(`${buffer.name} cannot be written`);
  if (type.kind !== 'lanes') refuse(`${nameOf(type)} cannot be written as a whole`);
  sizeOf(type);
  const x = typed(lanesIn(value), type);
  if ((x.kind === 'parts' || type.size === 3) && type.size > 1) {
    for (let i = 0; i < type.size; i++)
      store(graph, component(place, type, i), laneOf(graph, x, i));
    return;
  }
  const [address, offset] = addressOf(graph, place);
  const scalar = type.of === 'f32' ? 'f32.store' : 'i32.store';
  const op = type.size === 1 ? scalar : type.size === 2 ? 'v128.store64_lane' : 'v128.store';
  graph.effect({ kind: 'store', op, offset, address, value: nodeOf(graph, x) });
}

const UPDATES: Readonly<Record<string, Op>> = {
  atomicAdd: 'i32.add',
  atomicSub: 'i32.sub',
  atomicAnd: 'i32.and',
  atomicOr: 'i32.or',
  atomicXor: 'i32.xor',
};

/** An atomic operation whose result is not asked for. */
export function update(graph: Graph, name: string, place: Place, value: LaneValue): void {
  const { type, buffer } = place;
  const op = UPDATES[name] ?? refuse(`${name} is not supported`);
  if (type.kind !== 'atomic') refuse(`${nameOf(type)} is no atomic`);
  if (!buffer.writable) refuse(`${buffer.name} cannot be written`);
  const node = nodeOf(graph, typed(value, lanesOf(type.of, 1)));
  const [address, offset] = addressOf(graph, place);
  graph.effect({ kind: 'update', op, offset, address, value: node });
}
