/** Operators of the language: folded where both sides are known, shortened where one is, else nodes. */

import { unified } from './convert.ts';
import { divide } from './divide.ts';
import { fold, wrap } from './fold.ts';
import type { Graph, Node } from './graph.ts';
import { refuse } from './refusal.ts';
import { eachLane } from './select.ts';
import { shift } from './shift.ts';
import { bytesOf, shuffled } from './shuffle.ts';
import type { BinaryOp } from './syntax.ts';
import { isFloat, isInteger, type Lanes, nameOf, withScalar } from './types.ts';
import {
  computed,
  everyLane,
  familyOf,
  isAll,
  known,
  type LaneValue,
  nodeOf,
  wasmTypeOf,
} from './values.ts';

const COMPARISONS: readonly BinaryOp[] = ['==', '!=', '<', '>', '<=', '>='];
const COMMUTATIVE: readonly BinaryOp[] = ['+', '*', '&', '|', '^', '==', '!='];
const LOGIC = { '&': 'and', '|': 'or', '^': 'xor' } as const;
const SUMS = { '+': 'add', '-': 'sub', '*': 'mul' } as const;
const ORDER = { '<': 'lt', '>': 'gt', '<=': 'le', '>=': 'ge' } as const;

export function binary(graph: Graph, op: BinaryOp, x: LaneValue, y: LaneValue): LaneValue {
  if (op === '<<' || op === '>>') return shift(graph, op, x, y);
  const [a, b] = unified(graph, x, y);
  demand(op, a.type, x, y);
  const compares = COMPARISONS.includes(op);
  const type = compares ? withScalar(a.type, 'bool') : a.type;
  if (a.kind === 'known' && b.kind === 'known') {
    const lanes = a.lanes.map((lane, i) => fold(op, a.type.of, lane, b.lanes[i]));
    // What is not finite is left to the instruction.
    if (lanes.every(Number.isFinite)) return known(type, lanes);
  }
  const apart = [a, b].filter((one) => one.kind === 'parts' && one.apart);
  const others = [a, b].filter((one) => one.kind === 'known');
  if (!compares && apart.length > 0 && apart.length + others.length === 2) {
    return eachLane(graph, [a, b], (p, q) => binary(graph, op, p, q), true);
  }
  const short = shortened(graph, op, a, b);
  if (short) return short;
  if (op === '/' || op === '%') return divide(graph, op, a, b);
  return computed(type, instruction(graph, op, a, b, type));
}

/** Whether the operator takes operands of this type. */
function demand(op: BinaryOp, type: Lanes, x: LaneValue, y: LaneValue): void {
  const isBool = type.of === 'bool';
  const takes =
    op === '==' || op === '!='
      ? true
      : op === '&' || op === '|'
        ? isBool || isInteger(type)
        : op === '^'
          ? isInteger(type)
          : op === '&&' || op === '||'
            ? isBool && type.size === 1
            : op === '%'
              ? isInteger(type)
              : !isBool;
  const shapes = SHAPED.includes(op) || x.type.size === y.type.size;
  if (!takes || !shapes) refuse(`${nameOf(x.type)} ${op} ${nameOf(y.type)} is not supported`);
}
/** Only these take a scalar beside a vector. */
const SHAPED: readonly BinaryOp[] = ['+', '-', '*', '/', '%'];

/** Where one side is zero, one, or all bits. Floats are left alone: they know −0 and NaN. */
function shortened(graph: Graph, op: BinaryOp, a: LaneValue, b: LaneValue): LaneValue | null {
  const { type } = a;
  if (isFloat(type)) return null;
  const ones = type.of === 'bool' ? 1 : wrap(type.of, -1);
  switch (op) {
    case '+':
    case '^':
      return isAll(a, 0) ? b : isAll(b, 0) ? a : null;
    case '-':
      return isAll(b, 0) ? a : null;
    case '|':
    case '||':
      if (isAll(a, ones) || isAll(b, 0)) return a;
      return isAll(b, ones) || isAll(a, 0) ? b : null;
    case '&':
    case '&&':
      if (isAll(a, 0) || isAll(b, ones)) return a;
      return isAll(b, 0) || isAll(a, ones) ? b : null;
    case '*':
      if (isAll(a, 0) || isAll(b, 1)) return a;
      return isAll(b, 0) || isAll(a, 1) ? b : null;
    case '==':
    case '!=':
      // Of bools: the same as one side.
      if (type.of !== 'bool') return null;
      if (isAll(b, op === '==' ? 1 : 0)) return a;
      return isAll(b, op === '==' ? 0 : 1) ? not(graph, a) : null;
    default:
      return null;
  }
}

function instruction(
  graph: Graph,
  op: Exclude<BinaryOp, '/' | '%' | '<<' | '>>'>,
  a: LaneValue,
  b: LaneValue,
  type: Lanes,
): Node {
  let [x, y] = [nodeOf(graph, a), nodeOf(graph, b)];
  if (COMMUTATIVE.includes(op) && !isFloat(a.type) && x.id > y.id) [x, y] = [y, x];
  const family = familyOf(a.type);
  const made = wasmTypeOf(type);
  const many = a.type.size > 1;
  switch (op) {
    case '&':
    case '|':
    case '^':
      if (!many) return graph.node(`i32.${LOGIC[op]}`, made, [x, y]);
      return moved(graph, graph.node(`v128.${LOGIC[op]}`, made, [x, y]));
    case '&&':
      return graph.node('i32.and', made, [x, y]);
    case '||':
      return graph.node('i32.or', made, [x, y]);
    case '==':
      return graph.node(`${family}.eq`, made, [x, y]);
    case '!=':
      return graph.node(`${family}.ne`, made, [x, y]);
    case '+':
      if (many && !isFloat(a.type)) {
        // x + (1 where mask) is x − mask.
        const [p, q] = onesWhere(y) ? [x, onesWhere(y)] : [y, onesWhere(x)];
        if (q) return graph.node('i32x4.sub', made, [p, q]);
      }
      return graph.node(`${family}.add`, made, [x, y]);
    case '-':
    case '*':
      return graph.node(`${family}.${SUMS[op]}`, made, [x, y]);
    default: {
      const order = ORDER[op];
      if (family === 'f32' || family === 'f32x4')
        return graph.node(`${family}.${order}`, made, [x, y]);
      const sign = a.type.of === 'u32' ? 'u' : 's';
      return graph.node(`${family}.${order}_${sign}`, made, [x, y]);
    }
  }
}

/** The mask of a vector that is 1 where the mask is set. */
function onesWhere(node: Node): Node | null {
  if (node.op !== 'v128.and') return null;
  const ones = node.args.find((arg) => arg.is(1, 1, 1, 1));
  const mask = node.args.find((arg) => arg !== ones);
  return ones && mask && isMask(mask) ? mask : null;
}

/** Whether every lane is all bits or none, as of comparisons. */
export function isMask({ op, args }: Node): boolean {
  if (/x4\.(eq|ne|[lg][te]\w*)$/.test(op)) return true;
  return /^v128\.(and|or|xor|not|andnot)$/.test(op) && args.every(isMask);
}

/** A mask of whole bytes over a shift is a move of bytes. */
function moved(graph: Graph, node: Node): Node {
  const [a, b] = node.args;
  const isMasked = node.op === 'v128.and' && (a.op === 'constant' || b.op === 'constant');
  if (!isMasked || !node.args.some(({ op }) => /shr_u|shl|splat/.test(op))) return node;
  const bytes = bytesOf(node);
  return (bytes.every((byte) => byte?.[0] !== node) && shuffled(graph, bytes)) || node;
}

export function negate(graph: Graph, value: LaneValue): LaneValue {
  const { type } = value;
  if (type.of === 'bool' || type.of === 'u32') return refuse(`− ${nameOf(type)}`);
  if (value.kind === 'known')
    return known(
      type,
      value.lanes.map((x) => wrap(type.of, -x)),
    );
  if (!isFloat(type)) return binary(graph, '-', everyLane(type, 0), value);
  const op = type.size > 1 ? 'f32x4.neg' : 'f32.neg';
  return computed(type, graph.node(op, wasmTypeOf(type), [nodeOf(graph, value)]));
}

export function not(graph: Graph, value: LaneValue): LaneValue {
  const { type } = value;
  if (type.of !== 'bool') return refuse(`! ${nameOf(type)}`);
  if (value.kind === 'known')
    return known(
      type,
      value.lanes.map((x) => 1 - x),
    );
  const op = type.size > 1 ? 'v128.not' : 'i32.eqz';
  return computed(type, graph.node(op, wasmTypeOf(type), [nodeOf(graph, value)]));
}

export function complement(graph: Graph, value: LaneValue): LaneValue {
  const { type } = value;
  if (type.of !== 'u32' && type.of !== 'i32') return refuse(`~ ${nameOf(type)}`);
  return binary(graph, '^', value, everyLane(type, wrap(type.of, -1)));
}
