/** The functions of the language. What is not here is refused. */

import { binary, isMask, negate } from './arithmetic.ts';
import {
  countLeadingZeros,
  countOneBits,
  countTrailingZeros,
  firstLeadingBit,
  firstTrailingBit,
  reverseBits,
} from './bits.ts';
import { alike, bitcast, concrete } from './convert.ts';
import type { Graph } from './graph.ts';
import { refuse } from './refusal.ts';
import { select } from './select.ts';
import { BOOL, lanesOf, nameOf, withScalar } from './types.ts';
import {
  computed,
  everyLane,
  familyOf,
  isAll,
  known,
  type LaneValue,
  laneOf,
  lanesIn,
  nodeOf,
  wasmTypeOf,
} from './values.ts';

type Builtin = (graph: Graph, ...args: LaneValue[]) => LaneValue;

/** One f32 instruction of the same name, for scalars and vectors. */
function rounding(
  name: 'floor' | 'ceil' | 'trunc' | 'nearest' | 'sqrt',
  of: (x: number) => number,
) {
  return (graph: Graph, given: LaneValue): LaneValue => {
    const value = float(given);
    if (value.kind === 'known') {
      const lanes = value.lanes.map((x) => Math.fround(of(x)));
      if (lanes.every(Number.isFinite)) return known(value.type, lanes);
    }
    const op = value.type.size > 1 ? (`f32x4.${name}` as const) : (`f32.${name}` as const);
    return computed(value.type, graph.node(op, wasmTypeOf(value.type), [nodeOf(graph, value)]));
  };
}

function float(value: LaneValue): LaneValue {
  const made = lanesIn(concrete(value));
  if (made.type.of === 'f32') return made;
  if (value.type.of === 'int') return convert2f32(value);
  return refuse(`${nameOf(value.type)} is no f32`);
}
const convert2f32 = (value: LaneValue): LaneValue =>
  value.kind === 'known'
    ? known(withScalar(value.type, 'f32'), value.lanes.map(Math.fround))
    : value;

function toEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.sign(x) * Math.round(Math.abs(x));
  return low % 2 === 0 ? low || x * 0 : low + 1 || x * 0;
}

function smallest(name: 'min' | 'max'): Builtin {
  return (graph, p, q) => {
    const [a, b] = same(p, q);
    const { type } = a;
    if (type.of === 'bool') return refuse(`${name} of ${nameOf(type)}`);
    if (a.kind === 'known' && b.kind === 'known') {
      return known(
        type,
        a.lanes.map((x, i) => Math[name](x, b.lanes[i])),
      );
    }
    if (name === 'max' && type.of === 'u32' && isAll(a, 0)) return b;
    if (name === 'max' && type.of === 'u32' && isAll(b, 0)) return a;
    const family = familyOf(type);
    if (family === 'i32')
      return select(graph, b, a, binary(graph, name === 'min' ? '<' : '>', a, b));
    const sign = type.of === 'u32' ? ('u' as const) : ('s' as const);
    const op =
      family === 'i32x4' ? (`i32x4.${name}_${sign}` as const) : (`${family}.${name}` as const);
    return computed(type, graph.node(op, wasmTypeOf(type), [nodeOf(graph, a), nodeOf(graph, b)]));
  };
}

/** Both of one type; no scalar becomes a vector. */
function same(p: LaneValue, q: LaneValue): readonly [LaneValue, LaneValue] {
  const [a, b] = alike(p, q);
  return a.type === b.type ? [a, b] : refuse(`${nameOf(p.type)} beside ${nameOf(q.type)}`);
}

function abs(graph: Graph, given: LaneValue): LaneValue {
  const value = lanesIn(concrete(given));
  const { type } = value;
  if (type.of === 'u32') return value;
  if (value.kind === 'known') {
    return known(
      type,
      value.lanes.map((x) => (type.of === 'i32' ? Math.abs(x) | 0 : Math.abs(x))),
    );
  }
  const family = familyOf(type);
  if (type.of === 'bool') return refuse('abs of bool');
  if (family === 'i32') {
    const negative = binary(graph, '<', value, everyLane(type, 0));
    return select(graph, value, negate(graph, value), negative);
  }
  return computed(type, graph.node(`${family}.abs`, wasmTypeOf(type), [nodeOf(graph, value)]));
}

/** 1, −1, or zero: of −0 it is +0. */
function sign(graph: Graph, given: LaneValue): LaneValue {
  const value = lanesIn(concrete(given));
  const { type } = value;
  if (type.of === 'bool' || type.of === 'u32') return refuse(`sign of ${nameOf(type)}`);
  const none = everyLane(type, 0);
  const bits = withScalar(type, 'u32');
  // At most one of both is not zero, so they are joined as bits.
  const part = (x: number, op: '<' | '>') =>
    bitcast(graph, bits, select(graph, none, everyLane(type, x), binary(graph, op, value, none)));
  return bitcast(graph, type, binary(graph, '|', part(1, '>'), part(-1, '<')));
}

function some(name: 'any' | 'all'): Builtin {
  return (graph, value) => {
    const { of, size } = value.type;
    if (of !== 'bool') return refuse(`${name} of ${nameOf(value.type)}`);
    if (value.kind === 'known') {
      const holds = name === 'any' ? value.lanes.some(Boolean) : value.lanes.every(Boolean);
      return known(BOOL, [holds ? 1 : 0]);
    }
    if (size === 1) return value;
    const node = nodeOf(graph, value);
    // Lanes beyond the vector are made not to matter.
    const beyond = [0, 1, 2, 3].map((i) => (i < size === (name === 'any') ? -1 : 0));
    const mask = graph.constant('v128', beyond);
    const op = name === 'any' ? 'v128.and' : 'v128.or';
    const used = size === 4 ? node : graph.node(op, 'v128', [node, mask]);
    const made = graph.node(name === 'any' ? 'v128.any_true' : 'i32x4.all_true', 'i32', [used]);
    return computed(BOOL, made);
  };
}

/** The products added up from the first to the last. */
function dot(graph: Graph, p: LaneValue, q: LaneValue): LaneValue {
  const [a, b] = same(p, q).map((value) => lanesIn(concrete(value)));
  const { of, size } = a.type;
  if (of === 'bool' || size === 1) return refuse(`dot of ${nameOf(a.type)}`);
  // Σ of 1, 2, 4, 8 where a mask is set is the mask as bits.
  if (isAll(b, 1) && a.kind === 'node' && a.node.op === 'v128.and') {
    const powers = a.node.args.find((arg) => arg.is(1, 2, 4, 8));
    const mask = a.node.args.find((arg) => arg !== powers);
    if (size === 4 && powers && mask && isMask(mask)) {
      return computed(lanesOf(of, 1), graph.node('i32x4.bitmask', 'i32', [mask]));
    }
  }
  const products = binary(graph, '*', a, b);
  let sum = laneOf(graph, products, 0);
  for (let i = 1; i < size; i++) sum = binary(graph, '+', sum, laneOf(graph, products, i));
  return sum;
}

const one = (value: LaneValue) => everyLane(value.type, 1);

/** a · (1 − t) + b · t, each step rounded. */
function mix(graph: Graph, p: LaneValue, q: LaneValue, share: LaneValue): LaneValue {
  const [a, b] = same(float(p), float(q));
  const t = float(share);
  const kept = binary(graph, '-', one(t), t);
  return binary(graph, '+', binary(graph, '*', a, kept), binary(graph, '*', b, t));
}

/** WGSL leaves open whether the product is rounded. Here it is, as in JavaScript. */
function fma(graph: Graph, p: LaneValue, q: LaneValue, r: LaneValue): LaneValue {
  const [a, b] = same(float(p), float(q));
  return binary(graph, '+', binary(graph, '*', a, b), same(a, float(r))[1]);
}

function fract(graph: Graph, given: LaneValue): LaneValue {
  const value = float(given);
  return binary(graph, '-', value, rounding('floor', Math.floor)(graph, value));
}

function step(graph: Graph, edge: LaneValue, x: LaneValue): LaneValue {
  const [a, b] = same(float(edge), float(x));
  return select(graph, everyLane(a.type, 0), one(a), binary(graph, '<=', a, b));
}

function clamp(graph: Graph, value: LaneValue, low: LaneValue, high: LaneValue): LaneValue {
  return smallest('min')(graph, smallest('max')(graph, value, low), high);
}

/** The values of a condition: of one type, which numbers without a type take. */
function choose(graph: Graph, no: LaneValue, yes: LaneValue, condition: LaneValue): LaneValue {
  const [a, b] = same(no, yes).map((value) => lanesIn(concrete(value)));
  return select(graph, a, b, condition);
}

const builtins: ReadonlyMap<string, { readonly arity: number; readonly of: Builtin }> = new Map(
  Object.entries({
    abs: { arity: 1, of: abs },
    sign: { arity: 1, of: sign },
    floor: { arity: 1, of: rounding('floor', Math.floor) },
    ceil: { arity: 1, of: rounding('ceil', Math.ceil) },
    trunc: { arity: 1, of: rounding('trunc', Math.trunc) },
    round: { arity: 1, of: rounding('nearest', toEven) },
    sqrt: { arity: 1, of: rounding('sqrt', Math.sqrt) },
    any: { arity: 1, of: some('any') },
    all: { arity: 1, of: some('all') },
    countOneBits: { arity: 1, of: countOneBits },
    countLeadingZeros: { arity: 1, of: countLeadingZeros },
    countTrailingZeros: { arity: 1, of: countTrailingZeros },
    firstLeadingBit: { arity: 1, of: firstLeadingBit },
    firstTrailingBit: { arity: 1, of: firstTrailingBit },
    reverseBits: { arity: 1, of: reverseBits },
    min: { arity: 2, of: smallest('min') },
    max: { arity: 2, of: smallest('max') },
    dot: { arity: 2, of: dot },
    step: { arity: 2, of: step },
    fract: { arity: 1, of: fract },
    mix: { arity: 3, of: mix },
    fma: { arity: 3, of: fma },
    clamp: { arity: 3, of: clamp },
    select: { arity: 3, of: choose },
  }),
);

/** What the function gives, or null if the language has none of this name that is supported. */
export function builtin(graph: Graph, name: string, args: readonly LaneValue[]): LaneValue | null {
  const found = builtins.get(name);
  if (!found) return null;
  if (args.length !== found.arity) refuse(`${name} takes ${found.arity} arguments`);
  return found.of(graph, ...args);
}
