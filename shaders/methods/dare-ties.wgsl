// base + λ · mean of what DARE's mask leaves, after the election.
// coeffs: λ, seed (two halves), draws, the election (lib/sign-vote), then the models (lib/dare-mask).

#import lib/dare-mask
#import lib/disjoint-mean

#constant ELECT_WEIGHTED 4
#constant BY_FREQUENCY 5
#constant EVEN_IS_PLUS 6
#constant DIVISOR 7

const DRAWS = 1u;
const DARES = 8u;

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let element = elements(i).x;
  var held = Election();
  for (var k = 0u; k < MODELS; k++) {
    let left = masked(DRAWS, DARES, k, work(x(k, i) - b), element);
    held = cast_vote(held, left, dare_weight(DARES, k));
  }
  return work(b + work(disjoint_mean(held) * coeffs[0]));
}
