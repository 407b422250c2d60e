// base + Σ of the changes that exceed ε: λₖ times where only one does, their mean where several do.

// 1 where model k's change exceeds ε. NaN counts as a change, so that it shows.
fn changed(k: u32, i: u32) -> vec4f {
  let idle = abs(task_vector(k, i)) <= vec4f(work_scalar(coeff_epsilon()));
  return select(vec4f(1.0), vec4f(), idle);
}

// How many models do.
fn changing(i: u32) -> vec4f {
  var count = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    count += changed(k, i);
  }
  return count;
}

// 1 where model k alone does.
fn alone(k: u32, i: u32) -> vec4f {
  return select(vec4f(), changed(k, i), changing(i) == vec4f(1.0));
}

fn merge(i: u32) -> vec4f {
  let count = changing(i);
  let divisor = max(count, vec4f(1.0));
  var sum = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    let tau = task_vector(k, i);
    let part = select(work(tau / divisor), tau * coeff_gain(k), count == vec4f(1.0));
    sum += select(vec4f(), part, changed(k, i) == vec4f(1.0));
  }
  return base(i) + sum;
}
