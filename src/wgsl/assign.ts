import { binary } from './arithmetic.ts';
import { asType } from './convert.ts';
import { evaluate, itemOf, lanes } from './expressions.ts';
import type { Graph } from './graph.ts';
import { knownNumber, type Lowering, type Variable } from './lowering.ts';
import { elementOf, fieldOf, laneIndex, type Place, store } from './memory.ts';
import { refuse } from './refusal.ts';
import type { Expression, Statement } from './syntax.ts';
import { lanesOf, nameOf, type Type } from './types.ts';
import { fromParts, laneOf, lanesIn, scalarOf, type Value } from './values.ts';

/** What is assigned to: memory, or a variable and the way to a part of it. */
type Target =
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'part'; readonly variable: Variable; readonly path: readonly number[] };

export function assign(lowering: Lowering, s: Extract<Statement, { kind: 'assign' }>): void {
  const target = targetOf(lowering, s.target);
  const { graph } = lowering;
  if (target.kind === 'place') {
    if (s.op) refuse(`${target.place.buffer.name} is written, so it cannot be read`);
    store(graph, target.place, evaluate(lowering, s.value));
    return;
  }
  const { variable, path } = target;
  const old = s.op ? lanesIn(partOf(lowering, lowering.valueOf(variable), path)) : null;
  const value = evaluate(lowering, s.value);
  const made = s.op && old ? binary(graph, s.op, old, lanesIn(value)) : value;
  lowering.variables.set(variable, changed(graph, lowering.valueOf(variable), path, made));
}

function targetOf(lowering: Lowering, x: Expression): Target {
  if (x.kind === 'name') {
    const found = lowering.find(x.name);
    if (found.kind === 'place') return found;
    if (found.kind === 'value') return refuse(`${x.name} cannot be assigned`);
    return { kind: 'part', variable: found.variable, path: [] };
  }
  if (x.kind !== 'member' && x.kind !== 'index') return refuse('this cannot be assigned');
  const of = targetOf(lowering, x.of);
  if (of.kind === 'place') {
    const { place } = of;
    const inner =
      x.kind === 'member'
        ? fieldOf(place, x.name)
        : elementOf(lowering.graph, place, lanes(lowering, x.index));
    return { kind: 'place', place: inner };
  }
  const { type } = partOf(lowering, lowering.valueOf(of.variable), of.path);
  const step =
    x.kind === 'member'
      ? memberIndex(type, x.name)
      : knownNumber(lanes(lowering, x.index), 'the index of what is assigned');
  const path = [...of.path, step];
  partOf(lowering, lowering.valueOf(of.variable), path);
  return { ...of, path };
}

function memberIndex(type: Type, name: string): number {
  if (type.kind === 'lanes') {
    return name.length === 1
      ? laneIndex(type, name)
      : refuse('several components are assigned at once');
  }
  const index = type.kind === 'struct' ? type.fields.findIndex((field) => field.name === name) : -1;
  return index >= 0 ? index : refuse(`${nameOf(type)} has no field ${name}`);
}

function partOf(lowering: Lowering, value: Value, path: readonly number[]): Value {
  let part = value;
  for (const step of path) {
    part =
      part.kind === 'items' && part.type.kind === 'struct'
        ? part.items[step]
        : itemOf(lowering, part, scalarOf('u32', step));
  }
  return part;
}

/** The value with one part replaced. */
function changed(graph: Graph, value: Value, path: readonly number[], by: Value): Value {
  const [step, ...rest] = path;
  if (step === undefined) return asType(by, value.type);
  if (value.kind === 'items') {
    const items = value.items.map((item, i) =>
      i === step ? changed(graph, item, rest, by) : item,
    );
    return { ...value, items };
  }
  const one = lanesOf(value.type.of, 1);
  const parts = Array.from({ length: value.type.size }, (_, i) =>
    i === step ? lanesIn(asType(by, one)) : laneOf(graph, value, i),
  );
  return fromParts(value.type, parts, true);
}
