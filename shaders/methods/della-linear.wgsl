// base + λ · Σ wₖ·drawn(τₖ), the sum divided by Σ wₖ when normalised.

#import lib/add-sum
#import lib/rank-mask

fn merge(i: u32) -> vec4f {
  let b = base(i);
  var sum = WeightedSum();
  for (var k = 0u; k < MODELS; k++) {
    sum = add_model(sum, k, drawn(k, work(x(k, i) - b), i));
  }
  return add_sum(b, sum);
}
