/** Quantiles of the normal distribution and of Student's t, by halving: exact to about 1e-12, and short. */

/** Where a standard normal value lies below with probability `p`. */
export const normalQuantile = (p: number): number => quantile(normalBelow, p);

/** Of Student's t with `freedom` degrees of freedom, at least 1. */
export const studentQuantile = (p: number, freedom: number): number =>
  quantile((t) => studentBelow(t, freedom), p);

/** P(T ≤ t): half the regularised incomplete beta function, Abramowitz and Stegun 26.7.1. */
export function studentBelow(t: number, freedom: number): number {
  const tail = 0.5 * incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/** P(Z ≤ x) of a standard normal Z: a series near 0, a continued fraction in the tails. */
export function normalBelow(x: number): number {
  const z = (x * x) / 2;
  if (z < 3) {
    // Σ x^(2k+1) / (1·3·5·…·(2k+1)), Abramowitz and Stegun 26.2.11.
    let [term, sum] = [x, x];
    for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
      term *= (x * x) / (2 * k + 1);
      sum += term;
    }
    return 0.5 + (sum * Math.exp(-z)) / Math.sqrt(2 * Math.PI);
  }
  // Abramowitz and Stegun 26.2.14, from the inside out.
  let fraction = 0;
  for (let k = 120; k >= 1; k--) fraction = k / (Math.abs(x) + fraction);
  const tail = Math.exp(-z) / Math.sqrt(2 * Math.PI) / (Math.abs(x) + fraction);
  return x > 0 ? 1 - tail : tail;
}

/** Where a growing function that is symmetric about (0, ½) has the value p. */
function quantile(below: (x: number) => number, p: number): number {
  if (p > 0.5) return -quantile(below, 1 - p);
  let [low, high] = [-1, 0];
  while (below(low) > p && low > -1e15) low *= 2;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (below(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** I_x(a, b) by its continued fraction in the form of Lentz: Numerical Recipes, 3rd edition, 6.4. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let [c, d] = [1, 1 / away(1 - ((a + b) * x) / (a + 1))];
  let result = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * result;
}

const logBeta = (a: number, b: number) => logGamma(a) + logGamma(b) - logGamma(a + b);

/** Stirling's series where it is exact to f64, reached by Γ(x + 1) = x·Γ(x). */
function logGamma(x: number): number {
  let [shift, at] = [0, x];
  for (; at < 12; at++) shift += Math.log(at);
  const inverse = 1 / (at * at);
  const series =
    (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) /
    at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
