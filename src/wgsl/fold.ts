import { refuse } from './refusal.ts';
import type { BinaryOp } from './syntax.ts';
import type { Scalar } from './types.ts';

/** A number as a type holds it: modulo 2³², or rounded to f32. */
export function wrap(scalar: Scalar, x: number): number {
  switch (scalar) {
    case 'u32':
      return x >>> 0;
    case 'i32':
      return x | 0;
    case 'f32':
      return Math.fround(x);
    case 'bool':
      return x ? 1 : 0;
    case 'int':
      return Number.isSafeInteger(x) ? x + 0 : refuse(`${x} is too large for a constant`);
    case 'float':
      return Number.isFinite(x) ? x : refuse('a constant is not finite');
  }
}

/** x op y of known numbers of one type; comparisons give 0 or 1. */
export function fold(op: BinaryOp, scalar: Scalar, x: number, y: number): number {
  const isFloat = scalar === 'f32' || scalar === 'float';
  switch (op) {
    case '+':
      return wrap(scalar, x + y);
    case '-':
      return wrap(scalar, x - y);
    case '*':
      return scalar === 'i32' || scalar === 'u32'
        ? wrap(scalar, Math.imul(x, y))
        : wrap(scalar, x * y);
    case '/':
      if (isFloat) return wrap(scalar, x / y);
      if (y === 0 && scalar === 'int') refuse('a constant is divided by zero');
      return y === 0 ? x : wrap(scalar, Math.trunc(x / y));
    case '%':
      if (y === 0 && scalar === 'int') refuse('a constant is divided by zero');
      return y === 0 ? 0 : wrap(scalar, x % y);
    case '&':
      return bitwise(scalar, x, y, (a, b) => a & b);
    case '|':
      return bitwise(scalar, x, y, (a, b) => a | b);
    case '^':
      return bitwise(scalar, x, y, (a, b) => a ^ b);
    case '<<':
      return scalar === 'int' ? wrap(scalar, x * 2 ** y) : wrap(scalar, x << y);
    case '>>':
      return scalar === 'u32' ? x >>> y : scalar === 'i32' ? x >> y : Math.floor(x / 2 ** y);
    case '==':
      return x === y ? 1 : 0;
    case '!=':
      return x !== y ? 1 : 0;
    case '<':
      return x < y ? 1 : 0;
    case '>':
      return x > y ? 1 : 0;
    case '<=':
      return x <= y ? 1 : 0;
    case '>=':
      return x >= y ? 1 : 0;
    case '&&':
      return x && y;
    case '||':
      return x || y;
  }
}

function bitwise(
  scalar: Scalar,
  x: number,
  y: number,
  of: (a: number, b: number) => number,
): number {
  if (scalar !== 'int') return wrap(scalar, of(x, y));
  // Whole numbers without a type have 64 bits; JavaScript's operators have 32.
  const fits = (n: number) => n >= 0 && n < 2 ** 32;
  return fits(x) && fits(y) ? of(x, y) >>> 0 : refuse('bits of a constant that has no type');
}
