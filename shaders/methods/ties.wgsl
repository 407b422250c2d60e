// base + λ · mean of what is left after trim and election.
// coeffs: λ, the election (lib/sign-vote), then the models' trims (lib/trim).

#import lib/trim
#import lib/disjoint-mean

const ELECTION = 1u;
const TRIMS = 5u;

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let index = elements(i);
  var held = Election();
  for (var k = 0u; k < MODELS; k++) {
    let left = trimmed(TRIMS, k, work(x(k, i) - b), index);
    held = cast_vote(held, ELECTION, left, trim_weight(TRIMS, k));
  }
  return work(b + work(disjoint_mean(held, ELECTION) * work_scalar(coeffs[0])));
}
