/** Functions of the bits of whole numbers. WebAssembly has them for scalars, so vectors go lane by lane. */

import { concrete } from './convert.ts';
import type { Graph, Node } from './graph.ts';
import type { Op } from './instructions.ts';
import { refuse } from './refusal.ts';
import { eachLane } from './select.ts';
import { nameOf } from './types.ts';
import { computed, known, type LaneValue, lanesIn, nodeOf } from './values.ts';

type Bits = (graph: Graph, value: LaneValue) => LaneValue;

/** A function of 32 bits: of known ones, and as instructions. */
function bits(
  of: (x: number, isSigned: boolean) => number,
  compute: (i32: Instructions, x: Node, isSigned: boolean) => Node,
): Bits {
  return (graph, given) => {
    const value = lanesIn(concrete(given));
    const { type } = value;
    if (type.of !== 'u32' && type.of !== 'i32') return refuse(`${nameOf(type)} is no whole number`);
    const isSigned = type.of === 'i32';
    if (value.kind === 'known') {
      const lanes = value.lanes.map((x) => of(x | 0, isSigned));
      return known(
        type,
        lanes.map((x) => (isSigned ? x | 0 : x >>> 0)),
      );
    }
    return eachLane(graph, [value], (one) =>
      computed(one.type, compute(instructions(graph), nodeOf(graph, one), isSigned)),
    );
  };
}

type Instructions = {
  readonly constant: (n: number) => Node;
  readonly of: (op: Op, ...args: readonly Node[]) => Node;
};
const instructions = (graph: Graph): Instructions => ({
  constant: (n) => graph.constant('i32', [n]),
  of: (op, ...args) => graph.node(op, 'i32', args),
});

const trailingZeros = (x: number) => (x === 0 ? 32 : 31 - Math.clz32(x & -x));

export const countOneBits = bits(
  (x) => (x >>> 0).toString(2).replaceAll('0', '').length,
  (i32, x) => i32.of('i32.popcnt', x),
);

export const countLeadingZeros = bits(Math.clz32, (i32, x) => i32.of('i32.clz', x));

export const countTrailingZeros = bits(trailingZeros, (i32, x) => i32.of('i32.ctz', x));

/** −1 of zero. */
export const firstTrailingBit = bits(
  (x) => (x === 0 ? -1 : trailingZeros(x)),
  (i32, x) => i32.of('select', i32.of('i32.ctz', x), i32.constant(-1), x),
);

/** The highest bit that differs from the sign; −1 where there is none. */
export const firstLeadingBit = bits(
  (x, isSigned) => 31 - Math.clz32(isSigned ? x ^ (x >> 31) : x),
  (i32, x, isSigned) => {
    const sign = i32.of('i32.shr_s', x, i32.constant(31));
    const magnitude = isSigned ? i32.of('i32.xor', x, sign) : x;
    return i32.of('i32.sub', i32.constant(31), i32.of('i32.clz', magnitude));
  },
);

/** Neighbours change places, then pairs, and so on; masks of the lower of both. */
const SWAPS = [
  [1, 0x55555555],
  [2, 0x33333333],
  [4, 0x0f0f0f0f],
  [8, 0x00ff00ff],
] as const;

export const reverseBits = bits(
  (x) => {
    const swapped = SWAPS.reduce((y, [by, mask]) => ((y >>> by) & mask) | ((y & mask) << by), x);
    return (swapped >>> 16) | (swapped << 16);
  },
  (i32, x) => {
    let y = x;
    for (const [by, mask] of SWAPS) {
      const [count, lower] = [i32.constant(by), i32.constant(mask)];
      const down = i32.of('i32.and', i32.of('i32.shr_u', y, count), lower);
      y = i32.of('i32.or', down, i32.of('i32.shl', i32.of('i32.and', y, lower), count));
    }
    const half = i32.constant(16);
    return i32.of('i32.or', i32.of('i32.shr_u', y, half), i32.of('i32.shl', y, half));
  },
);
