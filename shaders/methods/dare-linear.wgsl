// base + λ · Σ wₖ·masked(τₖ). coeffs: λ, seed (two halves), draws, then the models (lib/dare-mask).

#import lib/dare-mask
#import lib/weighted-sum

const DRAWS = 1u;
const DARES = 4u;

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let element = elements(i).x;
  var sum = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    let left = masked(DRAWS, DARES, k, work(x(k, i) - b), element);
    sum = add_weighted(sum, left, dare_weight(DARES, k));
  }
  return work(b + work(work(sum) * work_scalar(coeffs[0])));
}
