import { wrap } from './fold.ts';
import type { Graph } from './graph.ts';
import { refuse } from './refusal.ts';
import { select } from './select.ts';
import {
  F32,
  I32,
  isAbstract,
  isFloat,
  isInteger,
  type Lanes,
  lanesOf,
  nameOf,
  type Type,
  withScalar,
} from './types.ts';
import {
  bitsOf,
  computed,
  everyLane,
  familyOf,
  fromParts,
  known,
  type LaneValue,
  laneOf,
  lanesIn,
  nodeOf,
  numberOf,
  splat,
  type Value,
  wasmTypeOf,
} from './values.ts';

/** What WGSL converts without being asked: a number that has no type yet takes one. */
export function typed(value: LaneValue, type: Lanes): LaneValue {
  if (value.type === type) return value;
  const fits =
    isAbstract(value.type) &&
    value.type.size === type.size &&
    (isFloat(type) || (isInteger(type) && isInteger(value.type)));
  if (!fits || value.kind !== 'known') {
    return refuse(`${nameOf(value.type)} stands where ${nameOf(type)} is expected`);
  }
  return known(
    type,
    value.lanes.map((x) => takeType(x, type)),
  );
}

function takeType(x: number, { of }: Lanes): number {
  const y = wrap(of, x);
  if (isInteger(lanesOf(of, 1)) ? y !== x : !Number.isFinite(y)) return refuse(`${x} is no ${of}`);
  return y;
}

/** A value as its place has it: a variable, a parameter, a field. */
export function asType(value: Value, type: Type): Value {
  if (type.kind === 'lanes') return typed(lanesIn(value), type);
  if (value.kind === 'items' && value.type === type) return value;
  return refuse(`${nameOf(value.type)} stands where ${nameOf(type)} is expected`);
}

/** Numbers that have no type become i32 and f32. */
export function concrete(value: Value): Value {
  if (value.kind === 'items' || !isAbstract(value.type)) return value;
  return typed(value, withScalar(value.type, isFloat(value.type) ? F32.of : I32.of));
}

/** Gives both one element type, if one of them lacks it. */
export function alike(a: LaneValue, b: LaneValue): readonly [LaneValue, LaneValue] {
  if (a.type.of === b.type.of) return [a, b];
  const rank = ['int', 'float'];
  const [x, y] = [rank.indexOf(a.type.of), rank.indexOf(b.type.of)];
  if (x >= 0 && (y < 0 || y > x)) return [typed(a, withScalar(a.type, b.type.of)), b];
  return [a, typed(b, withScalar(b.type, a.type.of))];
}

/** The same of two operands, and a scalar beside a vector becomes one. */
export function unified(graph: Graph, x: LaneValue, y: LaneValue): readonly [LaneValue, LaneValue] {
  const [a, b] = alike(x, y);
  if (a.type === b.type) return [a, b];
  if (a.type.size === 1) return [splat(graph, a, b.type.size), b];
  if (b.type.size === 1) return [a, splat(graph, b, a.type.size)];
  return refuse(`${nameOf(x.type)} beside ${nameOf(y.type)}`);
}

/** `f32(x)`, `vec4u(x)`: a conversion that is asked for. */
export function convert(graph: Graph, type: Lanes, value: LaneValue): LaneValue {
  if (value.type === type) return value;
  const from = value.type;
  if (from.size !== type.size) return refuse(`${nameOf(from)} does not become ${nameOf(type)}`);
  if (value.kind === 'known') {
    return known(
      type,
      value.lanes.map((x) => converted(x, from, type)),
    );
  }
  if (value.kind === 'parts') {
    const one = lanesOf(type.of, 1);
    return fromParts(
      type,
      value.parts.map((part) => convert(graph, one, part)),
      value.apart,
    );
  }
  const { node } = value;
  const unsign = (lanes: Lanes) => (lanes.of === 'u32' ? ('u' as const) : ('s' as const));
  const many = type.size > 1;
  if (from.of === 'bool') return select(graph, everyLane(type, 0), everyLane(type, 1), value);
  if (type.of === 'bool') {
    const none = nodeOf(graph, everyLane(from, 0));
    const op = `${familyOf(from)}.ne` as const;
    return computed(type, graph.node(op, wasmTypeOf(type), [node, none]));
  }
  if (type.of === 'f32') {
    const op = many
      ? (`f32x4.convert_i32x4_${unsign(from)}` as const)
      : (`f32.convert_i32_${unsign(from)}` as const);
    return computed(type, graph.node(op, wasmTypeOf(type), [node]));
  }
  if (from.of === 'f32') {
    const op = many
      ? (`i32x4.trunc_sat_f32x4_${unsign(type)}` as const)
      : (`i32.trunc_sat_f32_${unsign(type)}` as const);
    return computed(type, graph.node(op, wasmTypeOf(type), [node]));
  }
  return computed(type, node);
}

function converted(x: number, from: Lanes, type: Lanes): number {
  if (isAbstract(from) && type.of !== 'bool') {
    return takeType(isFloat(from) && isInteger(type) ? Math.trunc(x) : x, type);
  }
  if (!isFloat(from) || !isInteger(type)) return wrap(type.of, x);
  // As the instruction does: beyond the range lies its end.
  const [least, most] = type.of === 'u32' ? [0, 2 ** 32 - 1] : [-(2 ** 31), 2 ** 31 - 1];
  return wrap(type.of, Math.min(Math.max(Math.trunc(x), least), most));
}

/** The same bits as another type. */
export function bitcast(graph: Graph, type: Lanes, given: LaneValue): LaneValue {
  const value = lanesIn(concrete(given));
  const from = value.type;
  if (from === type) return value;
  if (from.size !== type.size || from.of === 'bool' || type.of === 'bool') {
    return refuse(`bitcast of ${nameOf(from)} to ${nameOf(type)}`);
  }
  if (value.kind === 'known') {
    const lanes = value.lanes.map((x) => numberOf(type.of, bitsOf(from.of, x)));
    if (lanes.every(Number.isFinite)) return known(type, lanes);
  }
  if (value.kind === 'parts' && value.apart) {
    const one = lanesOf(type.of, 1);
    const parts = value.parts.map((_, i) => bitcast(graph, one, laneOf(graph, value, i)));
    return fromParts(type, parts, true);
  }
  const node = nodeOf(graph, value);
  if (type.size > 1 || (type.of === 'f32') === (from.of === 'f32')) return computed(type, node);
  const op = type.of === 'f32' ? 'f32.reinterpret_i32' : 'i32.reinterpret_f32';
  return computed(type, graph.node(op, wasmTypeOf(type), [node]));
}
