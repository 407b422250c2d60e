import { concrete } from './convert.ts';
import { Block, type Graph, Slot } from './graph.ts';
import type { Lowering } from './lowering.ts';
import { refuse } from './refusal.ts';
import { computed, type LaneValue, nodeOf, type Value, wasmTypeOf } from './values.ts';

/** Goes one way or the other: at once where the condition is known, else both, and joins variables. */
export function branch(
  lowering: Lowering,
  condition: LaneValue,
  then: () => void,
  otherwise: () => void,
): void {
  if (condition.type.of !== 'bool' || condition.type.size !== 1) refuse('a condition is a bool');
  if (condition.kind === 'known') {
    if (condition.lanes[0]) then();
    else otherwise();
    return;
  }
  const { graph } = lowering;
  const node = nodeOf(graph, condition);
  const before = lowering.variables;
  const run = (way: () => void) => {
    const block = new Block('arm', graph.block);
    lowering.variables = new Map(before);
    graph.within(block, () => lowering.nested(way));
    return { block, variables: lowering.variables };
  };
  const arms = [run(then), run(otherwise)];
  const [yes, no] = arms;
  const joined = new Map(before);
  for (const variable of yes.variables.keys()) {
    const [a, b] = [yes.variables.get(variable), no.variables.get(variable)];
    if (a && b) joined.set(variable, join(graph, a, b, [yes.block, no.block]));
  }
  lowering.variables = joined;
  graph.effect({ kind: 'branch', condition: node, yes: yes.block, no: no.block });
}

function join(graph: Graph, a: Value, b: Value, blocks: readonly [Block, Block]): Value {
  if (a === b) return a;
  if (a.kind === 'items' && b.kind === 'items') {
    return { ...a, items: a.items.map((item, i) => join(graph, item, b.items[i], blocks)) };
  }
  if (a.kind === 'items' || b.kind === 'items') return refuse('values of different types meet');
  if (same(a, b)) return a;
  const [x, y] = [a, b].map((value, i) =>
    graph.within(blocks[i], () => nodeOf(graph, concrete(value) as LaneValue)),
  );
  if (x === y) return computed(a.type, x);
  const slot = new Slot(wasmTypeOf(a.type));
  graph.within(blocks[0], () => graph.set(slot, x));
  graph.within(blocks[1], () => graph.set(slot, y));
  return computed(a.type, graph.phi(slot));
}

/** Whether two values are the same for certain. */
export function same(a: LaneValue, b: LaneValue): boolean {
  if (a === b) return true;
  if (a.type !== b.type) return false;
  if (a.kind === 'known' && b.kind === 'known') {
    return a.lanes.every((lane, i) => Object.is(lane, b.lanes[i]));
  }
  if (a.kind === 'parts' && b.kind === 'parts') {
    return a.parts.every((part, i) => same(part, b.parts[i]));
  }
  return a.kind === 'node' && b.kind === 'node' && a.node === b.node;
}
