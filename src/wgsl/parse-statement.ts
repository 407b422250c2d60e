import { parseExpression, parseType, parseUnary } from './parse-expression.ts';
import type { BinaryOp, Case, Expression, Statement } from './syntax.ts';
import type { Cursor } from './tokens.ts';

const REFUSED = ['loop', 'continuing', 'discard', 'fallthrough', 'const_assert'];
const COMPOUND: Readonly<Record<string, BinaryOp>> = {
  '+=': '+',
  '-=': '-',
  '*=': '*',
  '/=': '/',
  '%=': '%',
  '&=': '&',
  '|=': '|',
  '^=': '^',
  '<<=': '<<',
  '>>=': '>>',
};

export function parseBlock(at: Cursor): readonly Statement[] {
  at.need('{');
  const body: Statement[] = [];
  while (!at.take('}')) if (!at.take(';')) body.push(parseStatement(at));
  return body;
}

function parseStatement(at: Cursor): Statement {
  const { line } = at;
  switch (at.peek()) {
    case '{':
      return { kind: 'block', body: parseBlock(at), line };
    case 'if':
      return parseIf(at);
    case 'for':
      return parseFor(at);
    case 'while': {
      at.next();
      const condition = parseExpression(at);
      return { kind: 'loop', first: null, condition, step: null, body: parseBlock(at), line };
    }
    case 'switch':
      return parseSwitch(at);
  }
  const statement = parseSimple(at);
  at.need(';');
  return statement;
}

/** What ends in a semicolon, or stands in the head of a `for`. */
function parseSimple(at: Cursor): Statement {
  const { line } = at;
  const word = at.peek();
  if (at.kind === 'name' && REFUSED.includes(word)) at.fail(`"${word}" is not supported`);
  if (at.take('break')) {
    return at.peek() === 'if' ? at.fail('";" expected') : { kind: 'break', line };
  }
  if (at.take('continue')) return { kind: 'continue', line };
  if (at.take('return')) {
    return { kind: 'return', value: at.peek() === ';' ? null : parseExpression(at), line };
  }
  if (word === 'let' || word === 'const' || word === 'var') {
    at.next();
    const name = at.name();
    const type = at.take(':') ? parseType(at) : null;
    const value = at.take('=') ? parseExpression(at) : null;
    return { kind: 'declare', keyword: word, name, type, value, line };
  }
  const target = parseUnary(at);
  const one: Expression = { kind: 'literal', type: 'int', value: 1, line };
  if (at.take('++')) return { kind: 'assign', op: '+', target, value: one, line };
  if (at.take('--')) return { kind: 'assign', op: '-', target, value: one, line };
  if (at.take('=')) return { kind: 'assign', op: null, target, value: parseExpression(at), line };
  const op = at.kind === 'sign' ? COMPOUND[at.peek()] : undefined;
  if (op) {
    at.next();
    return { kind: 'assign', op, target, value: parseExpression(at), line };
  }
  return target.kind === 'call' ? { kind: 'call', call: target, line } : at.fail('"=" expected');
}

function parseIf(at: Cursor): Statement {
  const { line } = at;
  at.need('if');
  const condition = parseExpression(at);
  const then = parseBlock(at);
  if (!at.take('else')) return { kind: 'if', condition, then, otherwise: [], line };
  const otherwise = at.peek() === 'if' ? [parseIf(at)] : parseBlock(at);
  return { kind: 'if', condition, then, otherwise, line };
}

function parseFor(at: Cursor): Statement {
  const { line } = at;
  at.need('for');
  at.need('(');
  const first = at.peek() === ';' ? null : parseSimple(at);
  at.need(';');
  const condition = at.peek() === ';' ? null : parseExpression(at);
  at.need(';');
  const step = at.peek() === ')' ? null : parseSimple(at);
  at.need(')');
  return { kind: 'loop', first, condition, step, body: parseBlock(at), line };
}

function parseSwitch(at: Cursor): Statement {
  const { line } = at;
  at.need('switch');
  const on = parseExpression(at);
  const cases: Case[] = [];
  at.need('{');
  while (!at.take('}')) {
    const values: (Expression | null)[] = [];
    if (at.take('default')) values.push(null);
    else {
      at.need('case');
      do {
        if (at.peek() === ':' || at.peek() === '{') break;
        values.push(at.take('default') ? null : parseExpression(at));
      } while (at.take(','));
    }
    at.take(':');
    cases.push({ values, body: parseBlock(at) });
  }
  return { kind: 'switch', on, cases, line };
}
