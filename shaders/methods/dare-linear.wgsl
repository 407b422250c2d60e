// base + λ · Σ wₖ·masked(τₖ), the sum divided by Σ wₖ when normalised.
// coeffs: λ, seed (two halves), draws, normalise, then the models (lib/dare-mask).

#import lib/dare-mask
#import lib/weighted-sum

const DRAWS = 1u;
const DARES = 5u;

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let element = elements(i).x;
  var sum = vec4f();
  var total = 0.0;
  for (var k = 0u; k < MODELS; k++) {
    let left = masked(DRAWS, DARES, k, work(x(k, i) - b), element);
    let weight = dare_weight(DARES, k);
    sum = add_weighted(sum, left, weight);
    total += weight;
  }
  let change = divided(work(sum), select(1.0, mean_divisor(total), coeffs[4] == 1.0));
  return work(b + work(change * coeffs[0]));
}
