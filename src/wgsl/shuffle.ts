/**
 * Moves of whole bytes. Unpacking and packing of narrow numbers is written as shifts and masks, lane by
 * lane; where only bytes change places, all of it is one shuffle.
 */

import type { Graph, Node } from './graph.ts';

/** Where a byte comes from: which byte of which node; null for a zero. */
export type Byte = readonly [Node, number] | null;

const known = (constant: Node, i: number) => (constant.immediate[i >> 2] >>> (8 * (i & 3))) & 255;
const bytesIn = (node: Node) => (node.type === 'v128' ? 16 : 4);
const range = <T>(length: number, of: (i: number) => T) => Array.from({ length }, (_, i) => of(i));
const traced = new WeakMap<Node, readonly Byte[]>();

/** Where every byte of a node comes from; bytes that are computed come from the node itself. */
export function bytesOf(node: Node): readonly Byte[] {
  let bytes = traced.get(node);
  if (!bytes) {
    bytes = trace(node) ?? range(bytesIn(node), (i) => [node, i] as const);
    traced.set(node, bytes);
  }
  return bytes;
}

function trace(node: Node): readonly Byte[] | null {
  const [a, b] = node.args;
  switch (node.op) {
    case 'constant':
      return range(bytesIn(node), (i) => (known(node, i) === 0 ? null : ([node, i] as const)));
    case 'i32x4.extract_lane':
    case 'f32x4.extract_lane':
      return bytesOf(a).slice(4 * node.immediate[0], 4 * node.immediate[0] + 4);
    case 'i32x4.splat':
    case 'f32x4.splat':
      return range(16, (i) => bytesOf(a)[i & 3]);
    case 'i32.reinterpret_f32':
    case 'f32.reinterpret_i32':
      return bytesOf(a);
    case 'v128.load64_zero':
      return range(16, (i) => (i < 8 ? ([node, i] as const) : null));
    case 'i8x16.shuffle':
      return node.immediate.map((i) => bytesOf(i < 16 ? a : b)[i & 15]);
    case 'i32.shl':
    case 'i32x4.shl':
      return shifted(a, b, -1);
    case 'i32.shr_u':
    case 'i32x4.shr_u':
      return shifted(a, b, 1);
    case 'i32.and':
    case 'v128.and':
      return a.op === 'constant' ? masked(b, a) : b.op === 'constant' ? masked(a, b) : null;
    case 'i32.or':
    case 'v128.or': {
      const [x, y] = [bytesOf(a), bytesOf(b)];
      return x.every((byte, i) => !byte || !y[i]) ? x.map((byte, i) => byte ?? y[i]) : null;
    }
    default:
      return null;
  }
}

function shifted(a: Node, count: Node, direction: number): readonly Byte[] | null {
  if (count.op !== 'constant' || count.immediate[0] % 8 !== 0) return null;
  const from = bytesOf(a);
  const by = direction * ((count.immediate[0] & 31) >> 3);
  return from.map((_, i) => ((i & 3) + by >= 0 && (i & 3) + by < 4 ? from[i + by] : null));
}

function masked(a: Node, mask: Node): readonly Byte[] | null {
  const masks = range(bytesIn(a), (i) => known(mask, i));
  return masks.every((m) => m === 0 || m === 255)
    ? bytesOf(a).map((byte, i) => (masks[i] ? byte : null))
    : null;
}

/** Patterns that processors have instructions of their own for: unpacking, and lanes of even index. */
const CHEAP: readonly (readonly number[])[] = [
  range(16, (i) => i),
  ...[1, 2, 4].flatMap((width) =>
    [0, 8].map((high) =>
      range(16, (i) => {
        const item = Math.floor(i / width);
        return (item % 2) * 16 + high + Math.floor(item / 2) * width + (i % width);
      }),
    ),
  ),
  ...[0, 1].map((odd) => range(16, (i) => 4 * (2 * (i >> 2) + odd) + (i & 3))),
];

/**
 * The vector with these bytes as one shuffle of at most two vectors; null when there is none. Bytes
 * that are left out at the end may be anything.
 */
export function shuffled(graph: Graph, wanted: readonly Byte[]): Node | null {
  const bytes = withoutScalars(graph, wanted);
  if (!bytes) return null;
  const sources = [...new Set(bytes.flatMap((byte) => (byte ? [byte[0]] : [])))];
  const hasZeros = bytes.includes(null);
  if (sources.length === 0 || sources.length + (hasZeros ? 1 : 0) > 2) return null;
  const zero = graph.constant('v128', [0, 0, 0, 0]);
  const [first] = sources;
  const second = sources[1] ?? (hasZeros ? zero : first);
  const orders =
    first === second
      ? [[first, first]]
      : [
          [first, second],
          [second, first],
        ];
  for (const order of orders) {
    const fits = (pattern: readonly number[]) =>
      bytes.every((byte, i) => {
        const from = order[pattern[i] >> 4];
        return byte ? from === byte[0] && pattern[i] % 16 === byte[1] : from === zero;
      });
    const pattern = CHEAP.find(fits);
    if (pattern === CHEAP[0]) return order[0];
    if (pattern) return graph.node('i8x16.shuffle', 'v128', order, pattern);
  }
  // The upper half of an eight-byte load is zero already.
  const ownZeros = hasZeros && first.op === 'v128.load64_zero';
  const [a, b] = ownZeros ? [first, first] : [first, second];
  const indices = range(16, (i) => {
    // Lanes that nobody asks for repeat the others.
    const byte = i < bytes.length ? bytes[i] : bytes[i % bytes.length];
    if (!byte) return (ownZeros ? 8 : 16) + (i % 8);
    return (byte[0] === a ? 0 : 16) + byte[1];
  });
  return graph.node('i8x16.shuffle', 'v128', [a, b], indices);
}

/** One scalar may take part, as a vector of equal lanes; more are set lane by lane. */
function withoutScalars(graph: Graph, bytes: readonly Byte[]): readonly Byte[] | null {
  const scalars = [
    ...new Set(bytes.flatMap((byte) => (byte && byte[0].type !== 'v128' ? [byte[0]] : []))),
  ];
  if (scalars.length === 0) return bytes;
  const [scalar] = scalars;
  if (scalars.length > 1 || scalar.op === 'constant' || scalar.type !== 'i32') return null;
  const whole = graph.node('i32x4.splat', 'v128', [scalar]);
  return bytes.map((byte) => (byte?.[0] === scalar ? ([whole, byte[1]] as const) : byte));
}
