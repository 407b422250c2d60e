// base + τ where |τ| times the divergence of its row is at least the median and 1.5 times the distance of the quartiles.

fn importance(tau: vec4f, i: u32) -> vec4f {
  return work(exact(abs(tau) * guide(0u, i)));
}

fn above(k: u32, i: u32) -> vec4f {
  let found = importance(work(x(k, i) - base(i)), i);
  return select(found, vec4f(), found < vec4f());
}

fn below(k: u32, i: u32) -> vec4f {
  let found = importance(work(x(k, i) - base(i)), i);
  return select(vec4f(), -found, found < vec4f());
}

fn threshold() -> vec4f {
  let distance = work(vec4f(coeff_third() - coeff_first()));
  return work(vec4f(coeff_median()) + work(exact(1.5 * distance)));
}

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let tau = work(x(0u, i) - b);
  let is_taken = importance(tau, i) >= threshold();
  return b + tau * select(vec4f(), vec4f(1.0), is_taken);
}
