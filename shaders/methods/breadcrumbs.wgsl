// base + λ · Σ wₖ·banded(τₖ), the sum divided by Σ wₖ when normalised.

#import lib/add-sum
#import lib/band

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let index = elements(i);
  var sum = WeightedSum();
  for (var k = 0u; k < MODELS; k++) {
    sum = add_model(sum, k, banded(k, work(x(k, i) - b), index));
  }
  return add_sum(b, sum);
}
