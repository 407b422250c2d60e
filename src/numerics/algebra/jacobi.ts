import type { Matrix } from './matrix.ts';

/** Six to ten sweeps are usual; this only makes sure that it ends. */
const MOST_SWEEPS = 60;

/** Columns 10¹²⁰ times shorter than the longest count as zero, so that no square leaves the range of f64. */
const NEGLIGIBLE_SQUARE = 1e-240;

/**
 * Rotates pairs of columns of `x` until all are orthogonal, and `v` along with them: x·v⁻¹ stays what it was.
 * One-sided Jacobi (Hestenes 1958), in the order of de Rijk (SIAM J. Sci. Stat. Comput. 10(2), 1989): the
 * longest of the columns left comes first, so that they end nearly sorted. Small singular values come out
 * to their own relative accuracy (Demmel and Veselić, SIAM J. Matrix Anal. Appl. 13(4), 1992). The largest
 * magnitude in `x` must be about 1. Gives the columns' lengths, 0 of those that count as zero.
 */
export function orthogonaliseColumns(x: Matrix, v: Matrix | null): Float64Array {
  const { rows, columns } = x;
  const squares = new Float64Array(columns);
  const tolerance = Number.EPSILON * Math.sqrt(rows);
  for (let sweep = 0, rotated = true; rotated && sweep < MOST_SWEEPS; sweep++) {
    rotated = false;
    squares.set(squaresOf(x));
    for (let p = 0; p < columns - 1; p++) {
      bringLongest(p, squares, x, v);
      for (let q = p + 1; q < columns; q++) {
        if (squares[q] < NEGLIGIBLE_SQUARE) continue;
        const product = dotOf(x, p, q);
        const limit = tolerance * Math.sqrt(squares[p]) * Math.sqrt(squares[q]);
        if (Math.abs(product) <= limit) continue;
        rotated = true;
        const tangent = tangentOf((squares[q] - squares[p]) / (2 * product));
        rotate(x, p, q, tangent);
        if (v) rotate(v, p, q, tangent);
        // What one column loses the other gains; where little is left, rounding needs a look.
        const gained = tangent * product;
        squares[p] = squares[p] > 2 * gained ? squares[p] - gained : squareOf(x, p);
        squares[q] = squares[q] > -2 * gained ? squares[q] + gained : squareOf(x, q);
      }
    }
  }
  return squaresOf(x).map((square) => (square < NEGLIGIBLE_SQUARE ? 0 : Math.sqrt(square)));
}

/** The smaller root of t² + 2ζt − 1. */
function tangentOf(zeta: number): number {
  const tangent = 1 / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  return zeta < 0 ? -tangent : tangent;
}

/** Columns p and q become c·p − s·q and s·p + c·q. */
function rotate({ rows, values: x }: Matrix, p: number, q: number, tangent: number): void {
  const c = 1 / Math.sqrt(1 + tangent * tangent);
  const s = c * tangent;
  const pAt = p * rows;
  const qAt = q * rows;
  for (let i = 0; i < rows; i++) {
    const xp = x[pAt + i];
    const xq = x[qAt + i];
    x[pAt + i] = c * xp - s * xq;
    x[qAt + i] = s * xp + c * xq;
  }
}

function bringLongest(p: number, squares: Float64Array, x: Matrix, v: Matrix | null): void {
  let longest = p;
  for (let q = p + 1; q < squares.length; q++) if (squares[q] > squares[longest]) longest = q;
  if (longest === p) return;
  [squares[p], squares[longest]] = [squares[longest], squares[p]];
  swapColumns(x, p, longest);
  if (v) swapColumns(v, p, longest);
}

function swapColumns({ rows, values }: Matrix, p: number, q: number): void {
  const kept = values.slice(p * rows, (p + 1) * rows);
  values.copyWithin(p * rows, q * rows, (q + 1) * rows);
  values.set(kept, q * rows);
}

function dotOf({ rows, values: x }: Matrix, p: number, q: number): number {
  const pAt = p * rows;
  const qAt = q * rows;
  const even = rows & ~1;
  let s0 = 0;
  let s1 = 0;
  for (let i = 0; i < even; i += 2) {
    s0 += x[pAt + i] * x[qAt + i];
    s1 += x[pAt + i + 1] * x[qAt + i + 1];
  }
  if (even < rows) s0 += x[pAt + even] * x[qAt + even];
  return s0 + s1;
}

const squaresOf = (x: Matrix) => Float64Array.from({ length: x.columns }, (_, j) => squareOf(x, j));

const squareOf = (x: Matrix, j: number) => dotOf(x, j, j);
