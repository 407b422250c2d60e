import type { Graph } from './graph.ts';
import { refuse } from './refusal.ts';
import { lanesOf, nameOf } from './types.ts';
import {
  computed,
  fromParts,
  isAll,
  type LaneValue,
  laneOf,
  nodeOf,
  wasmTypeOf,
} from './values.ts';

/** `yes` where the condition holds, else `no`; both of one type. */
export function select(
  graph: Graph,
  no: LaneValue,
  yes: LaneValue,
  condition: LaneValue,
): LaneValue {
  const { type } = no;
  if (type !== yes.type) return refuse(`${nameOf(type)} beside ${nameOf(yes.type)}`);
  const { size } = condition.type;
  if (condition.type.of !== 'bool' || (size !== 1 && size !== type.size)) {
    return refuse(`${nameOf(condition.type)} chooses between ${nameOf(type)}`);
  }
  if (isAll(condition, 1)) return yes;
  if (isAll(condition, 0)) return no;
  if (condition.kind === 'known') {
    const lanes = condition.lanes.map((chosen, i) => laneOf(graph, chosen ? yes : no, i));
    return fromParts(type, lanes);
  }
  const [y, n, c] = [yes, no, condition].map((value) => nodeOf(graph, value));
  if (y === n) return yes;
  if (size === 1) return computed(type, graph.node('select', wasmTypeOf(type), [y, n, c]));
  if (isAll(no, 0)) return computed(type, graph.node('v128.and', 'v128', [y, c]));
  if (isAll(yes, 0)) return computed(type, graph.node('v128.andnot', 'v128', [n, c]));
  return computed(type, graph.node('v128.bitselect', 'v128', [y, n, c]));
}

/** Each component by itself. */
export function eachLane(
  graph: Graph,
  values: readonly LaneValue[],
  of: (...lanes: readonly LaneValue[]) => LaneValue,
  apart = false,
): LaneValue {
  const { size } = values[0].type;
  if (size === 1) return of(...values);
  const parts = Array.from({ length: size }, (_, i) =>
    of(...values.map((value) => laneOf(graph, value, i))),
  );
  return fromParts(lanesOf(parts[0].type.of, size), parts, apart);
}
