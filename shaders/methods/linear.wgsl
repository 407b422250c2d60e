// Σ wₖ·xₖ, divided by Σ wₖ when normalised. coeffs: normalise, then the weights.

#import lib/weighted-sum

fn merge(i: u32) -> vec4f {
  var sum = vec4f();
  var total = 0.0;
  for (var k = 0u; k < MODELS; k++) {
    let weight = work_scalar(coeffs[1u + k]);
    sum = add_weighted(sum, x(k, i), weight);
    total += weight;
  }
  return divided(work(sum), select(1.0, work_scalar(total), coeffs[0] == 1.0));
}
