import type { Graph, Node } from './graph.ts';
import { eachLane } from './select.ts';
import {
  computed,
  familyOf,
  isAll,
  type LaneValue,
  nodeOf,
  scalarOf,
  wasmTypeOf,
} from './values.ts';

/**
 * x / y and x % y. For whole numbers WGSL defines x / 0 = x and x % 0 = 0, and the same for the least
 * i32 by −1; the instructions would trap. WebAssembly divides scalars only.
 */
export function divide(graph: Graph, op: '/' | '%', a: LaneValue, b: LaneValue): LaneValue {
  const { type } = a;
  if (type.of === 'f32') {
    const node = graph.node(`${familyOf(type) as 'f32' | 'f32x4'}.div`, wasmTypeOf(type), [
      nodeOf(graph, a),
      nodeOf(graph, b),
    ]);
    return computed(type, node);
  }
  return eachLane(graph, [a, b], (x, y) => whole(graph, op, x, y));
}

function whole(graph: Graph, op: '/' | '%', a: LaneValue, b: LaneValue): LaneValue {
  const { type } = a;
  const divisor = b.kind === 'known' ? b.lanes[0] : null;
  if (isAll(b, 1) || divisor === 0) return op === '/' ? a : scalarOf(type.of, 0);
  const x = nodeOf(graph, a);
  const i32 = (n: number) => graph.constant('i32', [n]);
  if (type.of === 'u32' && divisor !== null && (divisor & (divisor - 1)) === 0) {
    const node =
      op === '/'
        ? graph.node('i32.shr_u', 'i32', [x, i32(Math.log2(divisor))])
        : graph.node('i32.and', 'i32', [x, i32((divisor - 1) | 0)]);
    return computed(type, node);
  }
  let y = nodeOf(graph, b);
  const sign = type.of === 'u32' ? 'u' : 's';
  if (divisor === null || divisor === -1) {
    const isZero = graph.node('i32.eqz', 'i32', [y]);
    const traps =
      sign === 'u' ? isZero : graph.node('i32.or', 'i32', [isZero, overflows(graph, x, y)]);
    y = graph.node('select', 'i32', [i32(1), y, traps]);
  }
  return computed(type, graph.node(`i32.${op === '/' ? 'div' : 'rem'}_${sign}`, 'i32', [x, y]));
}

function overflows(graph: Graph, x: Node, y: Node): Node {
  return graph.node('i32.and', 'i32', [
    graph.node('i32.eq', 'i32', [x, graph.constant('i32', [-(2 ** 31)])]),
    graph.node('i32.eq', 'i32', [y, graph.constant('i32', [-1])]),
  ]);
}
