// base + λ · Σ wₖ·(xₖ − base), the sum divided by Σ wₖ when normalised.
// coeffs: λ, normalise, then the weights.

#import lib/weighted-sum

fn merge(i: u32) -> vec4f {
  let b = base(i);
  var sum = vec4f();
  var total = 0.0;
  for (var k = 0u; k < MODELS; k++) {
    let weight = work_scalar(coeffs[2u + k]);
    sum = add_weighted(sum, work(x(k, i) - b), weight);
    total += weight;
  }
  let change = divided(work(sum), select(1.0, mean_divisor(total), coeffs[1] == 1.0));
  return work(b + work(change * coeffs[0]));
}
