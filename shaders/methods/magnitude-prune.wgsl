// base + λ · Σ wₖ·trimmed(τₖ). coeffs: λ, then the models' trims (lib/trim).

#import lib/trim
#import lib/weighted-sum

const TRIMS = 1u;

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let index = elements(i);
  var sum = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    let left = trimmed(TRIMS, k, work(x(k, i) - b), index);
    sum = add_weighted(sum, left, trim_weight(TRIMS, k));
  }
  return work(b + work(work(sum) * coeffs[0]));
}
