// base + λ · mean of what DELLA's draws leave, after the election.

#import lib/add-change
#import lib/rank-mask
#import lib/disjoint-mean

fn merge(i: u32) -> vec4f {
  let b = base(i);
  var held = Election();
  for (var k = 0u; k < MODELS; k++) {
    held = cast_vote(held, k, drawn(k, work(x(k, i) - b), i));
  }
  return add_change(b, disjoint_mean(held));
}
