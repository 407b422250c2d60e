// base + the mean of the changes that exceed ε.

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let limit = vec4f(work_scalar(coeff_epsilon()));
  var sum = vec4f();
  var changing = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    let tau = work(x(k, i) - b);
    // NaN counts as a change, so that it shows.
    let idle = abs(tau) <= limit;
    sum += select(tau, vec4f(), idle);
    changing += select(vec4f(1.0), vec4f(), idle);
  }
  let divisor = max(changing, vec4f(1.0));
  let total = work(sum);
  let mean = select(work(total / divisor), total, divisor == vec4f(1.0));
  return work(b + mean);
}
