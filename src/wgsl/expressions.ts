import { binary, complement, negate, not } from './arithmetic.ts';
import { branch } from './branch.ts';
import { builtin } from './builtins.ts';
import { construct } from './construct.ts';
import { bitcast } from './convert.ts';
import { Block } from './graph.ts';
import { knownNumber, type Lowering } from './lowering.ts';
import { elementOf, fieldOf, laneIndex, load, type Place, update } from './memory.ts';
import { refuse } from './refusal.ts';
import type { Expression, TypeName } from './syntax.ts';
import { lanesOf, nameOf, type Type } from './types.ts';
import {
  computed,
  fromParts,
  type LaneValue,
  laneOf,
  lanesIn,
  nodeOf,
  scalarOf,
  type Value,
} from './values.ts';

/** A value, or a place in a buffer that has not been read yet. */
type Resolved = { readonly place: Place } | { readonly value: Value };

export function evaluate(lowering: Lowering, x: Expression): Value {
  const found = resolve(lowering, x);
  return 'place' in found ? load(lowering.graph, found.place) : found.value;
}

export function lanes(lowering: Lowering, x: Expression): LaneValue {
  return lanesIn(evaluate(lowering, x));
}

export function typeOf(lowering: Lowering, name: TypeName): Type {
  return lowering.typeOf(name, (count) => {
    const length = knownNumber(lanes(lowering, count), 'the length of an array');
    return length >= 1 ? length : refuse(`an array of ${length} elements`);
  });
}

/** The buffer that `x` names a part of. */
export function placeOf(lowering: Lowering, x: Expression): Place {
  const found = resolve(lowering, x);
  return 'place' in found ? found.place : refuse('no place in a buffer');
}

function resolve(lowering: Lowering, x: Expression): Resolved {
  return lowering.at(x.line, () => resolveHere(lowering, x));
}

function resolveHere(lowering: Lowering, x: Expression): Resolved {
  const { graph } = lowering;
  switch (x.kind) {
    case 'literal':
      return { value: scalarOf(x.type, x.value) };
    case 'name': {
      const found = lowering.find(x.name);
      if (found.kind === 'place') return found;
      return { value: found.kind === 'value' ? found.value : lowering.valueOf(found.variable) };
    }
    case 'unary': {
      if (x.op === '&')
        return refuse('a pointer is only supported in a call of an atomic function');
      const of = { '-': negate, '!': not, '~': complement }[x.op];
      return { value: of(graph, lanes(lowering, x.of)) };
    }
    case 'binary': {
      const left = lanes(lowering, x.left);
      if (x.op === '&&' || x.op === '||')
        return { value: shortCircuit(lowering, x.op, left, x.right) };
      return { value: binary(graph, x.op, left, lanes(lowering, x.right)) };
    }
    case 'member': {
      const of = resolve(lowering, x.of);
      if ('value' in of) return { value: memberOf(lowering, of.value, x.name) };
      const isSwizzle = of.place.type.kind === 'lanes' && x.name.length > 1;
      if (!isSwizzle) return { place: fieldOf(of.place, x.name) };
      return { value: memberOf(lowering, load(graph, of.place), x.name) };
    }
    case 'index': {
      const of = resolve(lowering, x.of);
      const index = lanes(lowering, x.index);
      if ('place' in of) return { place: elementOf(graph, of.place, index) };
      return { value: itemOf(lowering, of.value, index) };
    }
    case 'call': {
      const value = call(lowering, x.callee, x.args);
      return { value: value ?? refuse(`${x.callee.name} returns nothing that could be used`) };
    }
  }
}

/** The right side is only evaluated if it matters: it may call functions, and read where it must not. */
function shortCircuit(
  lowering: Lowering,
  op: '&&' | '||',
  left: LaneValue,
  right: Expression,
): LaneValue {
  const { graph } = lowering;
  if (left.type.of !== 'bool' || left.type.size > 1) refuse(`${nameOf(left.type)} ${op} …`);
  if (left.kind === 'known' && Boolean(left.lanes[0]) === (op === '||')) return left;
  if (left.kind === 'known') return binary(graph, op, left, lanes(lowering, right));
  // First as if it were harmless; if it is not, it is evaluated again behind a condition.
  const before = lowering.variables;
  const trial = new Block('arm', graph.block);
  lowering.variables = new Map(before);
  const value = graph.within(trial, () => lanes(lowering, right));
  const isPure = [...before].every(([variable, x]) => lowering.variables.get(variable) === x);
  lowering.variables = before;
  if (isPure && graph.dissolve(trial)) return binary(graph, op, left, value);
  const result = { name: 'condition', origin: right };
  lowering.variables.set(result, left);
  const more = () => lowering.variables.set(result, lanes(lowering, right));
  if (op === '&&') branch(lowering, left, more, () => {});
  else branch(lowering, left, () => {}, more);
  const joined = lanesIn(lowering.valueOf(result));
  lowering.variables.delete(result);
  return binary(graph, op, left, joined);
}

function memberOf({ graph }: Lowering, value: Value, name: string): Value {
  const { type } = value;
  if (value.kind === 'items') {
    const index =
      type.kind === 'struct' ? type.fields.findIndex((field) => field.name === name) : -1;
    return value.items[index] ?? refuse(`${nameOf(type)} has no field ${name}`);
  }
  const { of, size } = value.type;
  if (size === 1 || name.length > 4) return refuse(`${nameOf(type)} has no ${name}`);
  const parts = [...name].map((letter) => laneOf(graph, value, laneIndex(value.type, letter)));
  return parts.length === 1 ? parts[0] : fromParts(lanesOf(of, parts.length), parts);
}

/** An element of an array, or a component of a vector. */
export function itemOf({ graph }: Lowering, value: Value, index: LaneValue): Value {
  const { type } = value;
  const size = value.kind === 'items' ? value.items.length : value.type.size;
  if (type.kind === 'struct' || size === 1) return refuse(`${nameOf(type)} has no elements`);
  if (index.kind === 'known') {
    const at = knownNumber(index, 'an index');
    if (!(at >= 0 && at < size)) return refuse(`${nameOf(type)} has no element ${at}`);
    return value.kind === 'items' ? value.items[at] : laneOf(graph, value, at);
  }
  if (value.kind === 'items') return refuse('an element whose index is not known when compiled');
  if (value.type.of === 'bool') return refuse('a component of vec<bool> whose index is not known');
  // The bytes of the component are 4·index to 4·index + 3.
  const i32 = (n: number) => graph.constant('i32', [n]);
  const first = graph.node('i32.shl', 'i32', [nodeOf(graph, index), i32(2)]);
  const four = graph.node('i32.mul', 'i32', [first, i32(0x01010101)]);
  const each = graph.node('i32.add', 'i32', [four, i32(0x03020100)]);
  const indices = graph.node('i32x4.splat', 'v128', [each]);
  const moved = graph.node('i8x16.swizzle', 'v128', [nodeOf(graph, value), indices]);
  return laneOf(graph, computed(value.type, moved), 0);
}

export function call(
  lowering: Lowering,
  callee: TypeName,
  args: readonly Expression[],
): Value | null {
  const { graph, syntax } = lowering;
  const { name } = callee;
  if (name.startsWith('atomic')) return atomic(lowering, name, args);
  const values = args.map((arg) => evaluate(lowering, arg));
  if (name === 'bitcast') {
    const type = callee.args.length === 1 ? typeOf(lowering, callee.args[0]) : null;
    if (type?.kind !== 'lanes' || values.length !== 1)
      return refuse('bitcast<type>(value) expected');
    return bitcast(graph, type, lanesIn(values[0]));
  }
  if (syntax.functions.has(name)) return lowering.inline(lowering, name, values);
  if (syntax.structs.has(name) || /^(bool|[iuf]32|array|vec[234][fui]?)$/.test(name)) {
    const inferred = /^vec[234]$/.test(name) && callee.args.length === 0;
    const type = inferred ? inferredType(name, values) : typeOf(lowering, callee);
    return construct(graph, type, values);
  }
  const made = builtin(graph, name, values.map(lanesIn));
  return made ?? refuse(`no function ${name}`);
}

/** `vec4(…)` takes its element type from its arguments. */
function inferredType(name: string, values: readonly Value[]): Type {
  const types = values.map((value) => lanesIn(value).type.of);
  const of = types.find((type) => type !== 'int' && type !== 'float');
  return lanesOf(of ?? (types.includes('float') ? 'f32' : 'i32'), Number(name[3]));
}

function atomic(lowering: Lowering, name: string, args: readonly Expression[]): null {
  const [pointer, value] = args;
  if (args.length !== 2 || pointer.kind !== 'unary' || pointer.op !== '&') {
    return refuse(`${name} is not supported here`);
  }
  const place = placeOf(lowering, pointer.of);
  update(lowering.graph, name, place, lanes(lowering, value));
  return null;
}
