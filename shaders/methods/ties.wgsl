// base + λ · mean of what is left after trim and election.
// coeffs: λ, the election (lib/sign-vote), then the models' trims (lib/trim).

#import lib/trim
#import lib/disjoint-mean

#constant ELECT_WEIGHTED 1
#constant BY_FREQUENCY 2
#constant EVEN_IS_PLUS 3
#constant DIVISOR 4

const TRIMS = 5u;

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let index = elements(i);
  var held = Election();
  for (var k = 0u; k < MODELS; k++) {
    let left = trimmed(TRIMS, k, work(x(k, i) - b), index);
    held = cast_vote(held, left, trim_weight(TRIMS, k));
  }
  return work(b + work(disjoint_mean(held) * coeffs[0]));
}
