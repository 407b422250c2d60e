// base + λ · the directions of all models, made orthogonal together: the guide, made of the tensor as a whole.

#import lib/add-change

fn merge(i: u32) -> vec4f {
  return add_change(base(i), work(guide(0u, i)));
}
