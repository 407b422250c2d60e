// base + the mean of the agreeing changes, weighted by how much each model has changed the tensor, where the changes
// differ most: select, calculate, erase (Wan et al. 2024).

#import lib/disjoint-mean

// How far the models' changes from b lie apart: their distances from the first, which keeps all digits but log₂ MODELS.
fn variance_from(b: vec4f, i: u32) -> vec4f {
  let first = work(x(0u, i) - b);
  var sum = vec4f();
  var squares = vec4f();
  for (var k = 1u; k < MODELS; k++) {
    let off = work(x(k, i) - b) - first;
    sum += off;
    squares += exact(off * off);
  }
  let spread = exact(squares * f32(MODELS)) - exact(sum * sum);
  return work(spread * coeff_part());
}

fn variance(k: u32, i: u32) -> vec4f {
  return variance_from(base(i), i);
}

// 1 where they do not all agree.
fn varies(k: u32, i: u32) -> vec4f {
  return select(vec4f(), vec4f(1.0), variance(k, i) > vec4f());
}

// Compared as bit patterns, which order alike.
fn is_selected(b: vec4f, i: u32) -> vec4<bool> {
  if (coeff_selects() == 0.0) {
    return vec4<bool>(true);
  }
  let found = bitcast<vec4u>(variance_from(b, i));
  let limit = vec4u(bitcast<u32>(coeff_variance()));
  return (found > limit) | ((found == limit) & (elements(i) < vec4u(coeff_cut())));
}

// What model k's change adds to its share.
fn square(k: u32, i: u32) -> vec4f {
  let b = base(i);
  let tau = work(x(k, i) - b);
  return select(vec4f(), work(tau * tau), is_selected(b, i));
}

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let selected = is_selected(b, i);
  var held = Election();
  for (var k = 0u; k < MODELS; k++) {
    held = cast_vote(held, k, select(vec4f(), work(x(k, i) - b), selected));
  }
  return work(b + disjoint_mean(held));
}
