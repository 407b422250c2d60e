import { refuse } from './refusal.ts';
import type { BinaryOp, Expression, LiteralType, TypeName } from './syntax.ts';
import type { Cursor } from './tokens.ts';

const SUFFIX: Readonly<Record<string, LiteralType>> = { u: 'u32', i: 'i32', f: 'f32' };
const TEMPLATED = /^(vec[234]|array|bitcast)$/;

/** Signs of one level of precedence; levels from the weakest to the strongest. */
const LEVELS: readonly (readonly BinaryOp[])[] = [
  ['==', '!=', '<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
/** These do not mix with anything but parentheses, as WGSL has it. */
const BITWISE: readonly BinaryOp[] = ['&', '|', '^'];
const LOGICAL: readonly BinaryOp[] = ['&&', '||'];

export function parseType(at: Cursor): TypeName {
  const { line } = at;
  const name = at.name();
  if (!at.take('<')) return { name, args: [], count: null, line };
  const args = [parseType(at)];
  let count: Expression | null = null;
  while (at.take(',')) {
    if (at.kind === 'number' || name === 'array') count = parsePrimary(at);
    else args.push(parseType(at));
  }
  at.closeTemplate();
  return { name, args, count, line };
}

export function parseExpression(at: Cursor): Expression {
  const first = parseUnary(at);
  const bitwise = operatorOf(at, BITWISE);
  if (bitwise) return chain(at, first, bitwise, () => parseUnary(at));
  const left = parseLevel(at, 0, first);
  const logical = operatorOf(at, LOGICAL);
  return logical ? chain(at, left, logical, () => parseLevel(at, 0, parseUnary(at))) : left;
}

function operatorOf<Op extends string>(at: Cursor, among: readonly Op[]): Op | undefined {
  return at.kind === 'sign' ? among.find((op) => op === at.peek()) : undefined;
}

function chain(at: Cursor, first: Expression, op: BinaryOp, operand: () => Expression): Expression {
  let left = first;
  for (let { line } = at; at.take(op); { line } = at) {
    left = { kind: 'binary', op, left, right: operand(), line };
  }
  return left;
}

function parseLevel(at: Cursor, level: number, first: Expression): Expression {
  if (level === LEVELS.length) return first;
  let left = parseLevel(at, level + 1, first);
  for (;;) {
    const { line } = at;
    const op = operatorOf(at, LEVELS[level]);
    if (!op) return left;
    at.next();
    left = { kind: 'binary', op, left, right: parseLevel(at, level + 1, parseUnary(at)), line };
  }
}

export function parseUnary(at: Cursor): Expression {
  const { line } = at;
  const op = operatorOf(at, ['-', '!', '~', '&'] as const);
  if (op) {
    at.next();
    return { kind: 'unary', op, of: parseUnary(at), line };
  }
  let x = parsePrimary(at);
  for (;;) {
    const { line } = at;
    if (at.take('.')) x = { kind: 'member', of: x, name: at.name(), line };
    else if (at.take('[')) {
      x = { kind: 'index', of: x, index: parseExpression(at), line };
      at.need(']');
    } else return x;
  }
}

function parsePrimary(at: Cursor): Expression {
  const { line, kind } = at;
  if (kind === 'number') return parseNumber(at.next(), line);
  if (at.take('(')) {
    const inner = parseExpression(at);
    at.need(')');
    return inner;
  }
  if (kind !== 'name') return at.fail('an expression expected');
  if (at.peek() === 'true' || at.peek() === 'false') {
    return { kind: 'literal', type: 'bool', value: at.next() === 'true' ? 1 : 0, line };
  }
  const templated = TEMPLATED.test(at.peek()) && at.peek(1) === '<';
  const callee: TypeName = templated
    ? parseType(at)
    : { name: at.name(), args: [], count: null, line };
  if (at.take('(')) {
    return { kind: 'call', callee, args: at.list(')', () => parseExpression(at)), line };
  }
  return templated ? at.fail('"(" expected') : { kind: 'name', name: callee.name, line };
}

function parseNumber(text: string, line: number): Expression {
  const isHex = /^0x/i.test(text);
  const suffix = (isHex ? /[ui]$/ : /[uifh]$/).exec(text)?.[0];
  const value = Number(suffix ? text.slice(0, -1) : text);
  const written: LiteralType = isHex || !/[.eE]/.test(text) ? 'int' : 'float';
  const type = suffix ? SUFFIX[suffix] : written;
  if (!type) return refuse(`the number ${text} has a type that is not supported`, line);
  const fits = {
    u32: value < 2 ** 32,
    i32: value < 2 ** 31,
    f32: Math.abs(value) < 3.4028235677973366e38,
    int: Number.isSafeInteger(value),
    float: Number.isFinite(value),
    bool: true,
  };
  if (!fits[type] || (written === 'float' && suffix && suffix !== 'f')) {
    return refuse(`${text} is no ${type}`, line);
  }
  return { kind: 'literal', type, value: type === 'f32' ? Math.fround(value) : value, line };
}
