// base + λ · Σ wₖ·masked(τₖ), the sum divided by Σ wₖ when normalised.

#import lib/add-sum
#import lib/dare-mask

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let element = elements(i).x;
  var sum = WeightedSum();
  for (var k = 0u; k < MODELS; k++) {
    sum = add_model(sum, k, masked(k, work(x(k, i) - b), element));
  }
  return add_sum(b, sum);
}
