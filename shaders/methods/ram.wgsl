// base + the mean of the changes that exceed ε.

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let limit = vec4f(work_scalar(coeff_epsilon()));
  var changing = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    // NaN counts as a change, so that it shows.
    changing += select(vec4f(1.0), vec4f(), abs(work(x(k, i) - b)) <= limit);
  }
  let divisor = max(changing, vec4f(1.0));
  var sum = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    let tau = work(x(k, i) - b);
    // WGSL does not promise that dividing by one leaves a value as it is.
    let share = select(work(tau / divisor), tau, divisor == vec4f(1.0));
    sum += select(share, vec4f(), abs(tau) <= limit);
  }
  return work(b + work(sum));
}
