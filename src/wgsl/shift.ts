import { concrete, typed } from './convert.ts';
import { fold } from './fold.ts';
import type { Graph, Node } from './graph.ts';
import type { Op } from './instructions.ts';
import { refuse } from './refusal.ts';
import { eachLane } from './select.ts';
import { bytesOf, shuffled } from './shuffle.ts';
import { isInteger, type Lanes, nameOf, withScalar } from './types.ts';
import { computed, isAll, known, type LaneValue, laneOf, lanesIn, nodeOf } from './values.ts';

/** Shifts; their counts count modulo 32, in WGSL as in WebAssembly. */
export function shift(graph: Graph, op: '<<' | '>>', x: LaneValue, y: LaneValue): LaneValue {
  const a = y.kind === 'known' && x.kind === 'known' ? x : lanesIn(concrete(x));
  const b = counts(y, a.type);
  const { type } = a;
  if (!isInteger(type) || b.type.of !== 'u32' || b.type.size !== type.size) {
    return refuse(`${nameOf(x.type)} ${op} ${nameOf(y.type)} is not supported`);
  }
  if (a.kind === 'known' && b.kind === 'known') {
    return known(
      type,
      a.lanes.map((lane, i) => fold(op, type.of, lane, b.lanes[i])),
    );
  }
  if (isAll(b, 0)) return a;
  const name = op === '<<' ? 'shl' : type.of === 'u32' ? 'shr_u' : 'shr_s';
  if (type.size === 1) {
    return computed(type, graph.node(`i32.${name}`, 'i32', [nodeOf(graph, a), nodeOf(graph, b)]));
  }
  const one = (p: LaneValue, q: LaneValue) => shift(graph, op, p, q);
  if (a.kind === 'parts' && a.apart) return eachLane(graph, [a, b], one, true);
  const count = uniform(graph, b);
  if (count) return computed(type, graph.node(`i32x4.${name}`, 'v128', [nodeOf(graph, a), count]));
  if (type.of !== 'u32') return eachLane(graph, [a, b], one);
  const bytes = b.kind === 'known' ? movedBytes(graph, op, a, b.lanes) : null;
  return computed(type, bytes ?? byLane(graph, op, nodeOf(graph, a), nodeOf(graph, b)));
}

function counts(given: LaneValue, { of }: Lanes): LaneValue {
  const value = given.type.of === 'int' ? typed(given, withScalar(given.type, 'u32')) : given;
  // A number that has no type yet has 64 bits.
  if (value.kind !== 'known' || of === 'int') return value;
  return known(
    value.type,
    value.lanes.map((count) => count & 31),
  );
}

/** The one count of all lanes. */
function uniform(graph: Graph, b: LaneValue): Node | null {
  if (b.kind === 'known') return isAll(b, b.lanes[0]) ? nodeOf(graph, laneOf(graph, b, 0)) : null;
  if (b.kind === 'node' && b.node.op === 'i32x4.splat') return b.node.args[0];
  if (b.kind !== 'parts') return null;
  const nodes = b.parts.map((part) => nodeOf(graph, part));
  return nodes.every((node) => node === nodes[0]) ? nodes[0] : null;
}

function movedBytes(
  graph: Graph,
  op: '<<' | '>>',
  a: LaneValue,
  by: readonly number[],
): Node | null {
  if (by.some((count) => count % 8 !== 0)) return null;
  const from = bytesOf(nodeOf(graph, a)).slice(0, 4 * by.length);
  const wanted = from.map((_, i) => {
    const at = (i & 3) + (op === '<<' ? -by[i >> 2] : by[i >> 2]) / 8;
    return at >= 0 && at < 4 ? from[(i & ~3) + at] : null;
  });
  return shuffled(graph, wanted);
}

/**
 * Each lane by a count of its own, which WebAssembly has no instruction for. Powers of two are
 * looked up; a shift to the left is a product, one to the right the upper half of a 64-bit product.
 */
function byLane(graph: Graph, op: '<<' | '>>', x: Node, by: Node): Node {
  const node = (name: Op, args: readonly Node[], immediate: readonly number[] = []) =>
    graph.node(name, 'v128', args, immediate);
  const all = (word: number) => graph.constant('v128', [word, word, word, word]);
  const bytes = (of: (i: number) => number) =>
    graph.constant('v128', wordsOf(Array.from({ length: 16 }, (_, i) => of(i))));
  // Byte j of 2^k is 2^(k − 8j) where that is below 256: looked up, with zero for all others.
  const table = bytes((i) => (i < 8 ? 1 << i : 0));
  const power = (exponent: Node) => {
    const spread = Array.from({ length: 16 }, (_, i) => i & ~3);
    const each = node('i8x16.shuffle', [exponent, exponent], spread);
    return node('i8x16.swizzle', [table, node('i8x16.sub', [each, bytes((i) => 8 * (i & 3))])]);
  };
  const k = node('v128.and', [by, all(31)]);
  if (op === '<<') return node('i32x4.mul', [x, power(k)]);
  // x >> k = (x · 2^(32 − k)) >> 32; for k = 0 the factor does not fit.
  const factor = power(node('i32x4.sub', [all(32), k]));
  const low = node('i64x2.extmul_low_i32x4_u', [x, factor]);
  const high = node('i64x2.extmul_high_i32x4_u', [x, factor]);
  const upper = [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31];
  const shifted = node('i8x16.shuffle', [low, high], upper);
  return node('v128.bitselect', [x, shifted, node('i32x4.eq', [k, all(0)])]);
}

const wordsOf = (bytes: readonly number[]) => [...new Int32Array(Uint8Array.from(bytes).buffer)];
