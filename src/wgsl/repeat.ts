import { same } from './branch.ts';
import { Block, type Graph, type Node, Slot } from './graph.ts';
import type { Lowering, Variable } from './lowering.ts';
import { computed, type LaneValue, nodeOf, type Value, wasmTypeOf } from './values.ts';

/** The lanes of a value, those of structs and arrays one after the other. */
const leavesOf = (value: Value): readonly LaneValue[] =>
  value.kind === 'items' ? value.items.flatMap(leavesOf) : [value];

function replaced(value: Value, of: (leaf: LaneValue, index: number) => LaneValue): Value {
  let index = 0;
  const walk = (one: Value): Value =>
    one.kind === 'items' ? { ...one, items: one.items.map(walk) } : of(one, index++);
  return walk(value);
}

/** For each variable which of its leaves a turn changes. */
type Changed = ReadonlyMap<Variable, ReadonlySet<number>>;

/**
 * A loop in the result: turns as long as `test` holds, asked before the first and after each. Which
 * variables change is found by trial: at first none is thought to, and the turn is evaluated again
 * until it changes no other.
 */
export function repeat(
  lowering: Lowering,
  key: object,
  test: () => LaneValue,
  turn: () => LaneValue,
): void {
  const { graph } = lowering;
  const before = lowering.variables;
  const enters = nodeOf(graph, test());
  if (enters.is(0)) return;
  lowering.variables = before;
  const entry = new Block('before', graph.block, !enters.is(1));
  // A loop within a loop is met again in every trial of the outer one, where no less changes.
  const memory = lowering.remembered(key);
  let changed = recalled(before, memory);
  for (;;) {
    const body = new Block('body', entry);
    const slots = new Map<Variable, Map<number, Slot>>();
    lowering.variables = new Map(before);
    graph.within(body, () => {
      for (const [variable, leaves] of changed) {
        const value = before.get(variable)!;
        const made = new Map([...leaves].map((i) => [i, slotFor(leavesOf(value)[i])]));
        slots.set(variable, made);
        lowering.variables.set(
          variable,
          replaced(value, (leaf, i) => read(graph, made.get(i), leaf)),
        );
      }
    });
    const start = new Map(lowering.variables);
    const again = graph.within(body, () => nodeOf(graph, turn()));
    const found = changesBetween(start, lowering.variables, changed);
    if (found) {
      changed = found;
      for (const [{ origin }, leaves] of found) memory.set(origin, leaves);
      continue;
    }
    finish(lowering, { before, enters, entry, body, again, slots });
    return;
  }
}

/** What is known to change, of the variables that there are now. */
function recalled(
  variables: ReadonlyMap<Variable, Value>,
  memory: ReadonlyMap<object, ReadonlySet<number>>,
): Changed {
  const found = new Map<Variable, ReadonlySet<number>>();
  for (const variable of variables.keys()) {
    const leaves = memory.get(variable.origin);
    if (leaves) found.set(variable, leaves);
  }
  return found;
}

type Turn = {
  readonly before: Map<Variable, Value>;
  readonly enters: Node;
  readonly entry: Block;
  readonly body: Block;
  readonly again: Node;
  readonly slots: ReadonlyMap<Variable, ReadonlyMap<number, Slot>>;
};

function finish(lowering: Lowering, { before, enters, entry, body, again, slots }: Turn): void {
  const { graph } = lowering;
  const after = lowering.variables;
  const next: { slot: Slot; value: Node }[] = [];
  for (const [variable, made] of slots) {
    const starts = leavesOf(before.get(variable)!);
    const ends = leavesOf(after.get(variable)!);
    for (const [i, slot] of made) {
      graph.set(slot, nodeOf(graph, starts[i]));
      const value = graph.within(body, () => nodeOf(graph, ends[i]));
      next.push({ slot, value });
    }
  }
  graph.effect({ kind: 'loop', enters, before: entry, body, again, next });
  lowering.variables = new Map(before);
  for (const [variable, made] of slots) {
    const value = before.get(variable)!;
    lowering.variables.set(
      variable,
      replaced(value, (leaf, i) => read(graph, made.get(i), leaf)),
    );
  }
}

const slotFor = (leaf: LaneValue) => new Slot(wasmTypeOf(leaf.type));
const read = (graph: Graph, slot: Slot | undefined, leaf: LaneValue): LaneValue =>
  slot ? computed(leaf.type, graph.phi(slot)) : leaf;

/** What changed beyond what was expected to, together with that; null if nothing did. */
function changesBetween(
  start: ReadonlyMap<Variable, Value>,
  end: ReadonlyMap<Variable, Value>,
  expected: Changed,
): Changed | null {
  const all = new Map(expected);
  let isNew = false;
  for (const [variable, value] of start) {
    const ends = leavesOf(end.get(variable)!);
    leavesOf(value).forEach((leaf, i) => {
      if (expected.get(variable)?.has(i) || same(leaf, ends[i])) return;
      all.set(variable, new Set([...(all.get(variable) ?? []), i]));
      isNew = true;
    });
  }
  return isNew ? all : null;
}
