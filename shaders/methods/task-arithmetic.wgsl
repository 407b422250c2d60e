// base + λ · Σ wₖ·(xₖ − base), the sum divided by Σ wₖ when normalised.

#import lib/add-sum

fn merge(i: u32) -> vec4f {
  let b = base(i);
  var sum = WeightedSum();
  for (var k = 0u; k < MODELS; k++) {
    sum = add_model(sum, k, work(x(k, i) - b));
  }
  return add_sum(b, sum);
}
