// base + λ · Σ wₖ·changeₖ, the sum divided by Σ wₖ when normalised: how a method ends that adds changes up.
// Coefficients: lambda and, where it can be normalised, normalize; weight of each model.

#import lib/add-change
#import lib/divide
#import lib/weighted-sum

#constant NORMALIZE normalize
override NORMALIZE: f32 = 0.0;

// Weights that sum to less have no mean (mergekit's limit).
const SMALLEST_TOTAL = 1e-8;

fn add_sum(base: vec4f, sum: WeightedSum) -> vec4f {
  let change = work(sum.value);
  if (NORMALIZE == 0.0) {
    return add_change(base, change);
  }
  let total = work_scalar(sum.weights);
  return add_change(base, divided(change, select(total, 1.0, abs(total) < SMALLEST_TOTAL)));
}
