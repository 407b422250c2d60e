// base + λ · mean of what is left of the band after the election.

#import lib/add-change
#import lib/band
#import lib/disjoint-mean

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let index = elements(i);
  var held = Election();
  for (var k = 0u; k < MODELS; k++) {
    held = cast_vote(held, k, banded(k, work(x(k, i) - b), index));
  }
  return add_change(b, disjoint_mean(held));
}
