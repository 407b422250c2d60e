// base + λ · Σ wₖ·(xₖ − base), the sum divided by Σ wₖ when normalised.
// coeffs: λ, normalise, then the weights.

#import lib/weighted-sum

// Weights that sum to less have no mean (mergekit's limit).
const SMALLEST_TOTAL = 1e-8;

fn merge(i: u32) -> vec4f {
  let b = base(i);
  var sum = vec4f();
  var total = 0.0;
  for (var k = 0u; k < MODELS; k++) {
    let weight = work_scalar(coeffs[2u + k]);
    sum = add_weighted(sum, work(x(k, i) - b), weight);
    total += weight;
  }
  total = work_scalar(total);
  let normalised = coeffs[1] == 1.0 && abs(total) >= SMALLEST_TOTAL;
  sum = divided(work(sum), select(1.0, total, normalised));
  return work(b + work(sum * work_scalar(coeffs[0])));
}
