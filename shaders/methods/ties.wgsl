// base + λ · mean of what is left after trim and election.

#import lib/add-change
#import lib/disjoint-mean
#import lib/trim

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let index = elements(i);
  var held = Election();
  for (var k = 0u; k < MODELS; k++) {
    held = cast_vote(held, k, trimmed(k, work(x(k, i) - b), index));
  }
  return add_change(b, disjoint_mean(held));
}
