// base + Σ of the changes that exceed ε: λₖ times where only one does, their mean where several do.

// 1 where a change exceeds ε. NaN counts as a change, so that it shows.
fn exceeds(tau: vec4f) -> vec4f {
  return select(vec4f(1.0), vec4f(), abs(tau) <= vec4f(work_scalar(coeff_epsilon())));
}

// How many changes from b do.
fn changing(b: vec4f, i: u32) -> vec4f {
  var count = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    count += exceeds(work(x(k, i) - b));
  }
  return count;
}

fn changed(k: u32, i: u32) -> vec4f {
  return exceeds(task_vector(k, i));
}

// 1 where model k alone changes something.
fn alone(k: u32, i: u32) -> vec4f {
  let b = base(i);
  return select(vec4f(), exceeds(work(x(k, i) - b)), changing(b, i) == vec4f(1.0));
}

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let count = changing(b, i);
  let divisor = max(count, vec4f(1.0));
  var sum = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    let tau = work(x(k, i) - b);
    let part = select(work(tau / divisor), tau * coeff_gain(k), count == vec4f(1.0));
    sum += select(vec4f(), part, exceeds(tau) == vec4f(1.0));
  }
  return b + sum;
}
