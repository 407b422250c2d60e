// Σ wₖ·xₖ, divided by Σ wₖ when normalised.

#import lib/divide
#import lib/weighted-sum

fn merge(i: u32) -> vec4f {
  var sum = WeightedSum();
  for (var k = 0u; k < MODELS; k++) {
    sum = add_model(sum, k, x(k, i));
  }
  return divided(work(sum.value), select(1.0, work_scalar(sum.weights), coeff_normalize() == 1.0));
}
