// x · Φ(x), Φ the normal distribution function, and what early models have in its place.

#import lib/exp

// By Abramowitz and Stegun 7.1.26: Φ(−|x|) is within 8e-8.
fn gelu(x: vec4f) -> vec4f {
  let size = abs(x);
  let t = 1.0 / (1.0 + 0.3275911 * 0.70710678 * size);
  var tail = vec4f(1.061405429);
  tail = tail * t - 1.453152027;
  tail = tail * t + 1.421413741;
  tail = tail * t - 0.284496736;
  tail = tail * t + 0.254829592;
  tail *= 0.5 * t * exponentials(-0.5 * x * x);
  return max(x, vec4f()) - size * tail;
}

// 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))
fn gelu_by_tanh(x: vec4f) -> vec4f {
  return x / (1.0 + exponentials(-1.5957691216 * (x + 0.044715 * x * x * x)));
}
