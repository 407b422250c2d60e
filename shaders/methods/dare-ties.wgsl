// base + λ · mean of what DARE's mask leaves, after the election.

#import lib/add-change
#import lib/dare-mask
#import lib/disjoint-mean

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let element = elements(i).x;
  var held = Election();
  for (var k = 0u; k < MODELS; k++) {
    held = cast_vote(held, k, masked(k, work(x(k, i) - b), element));
  }
  return add_change(b, disjoint_mean(held));
}
