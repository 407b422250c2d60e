// s·x + (1 − s)·base, where s is t ÷ |base − x|, at most 1.

// A difference below it counts as it (mergekit).
const SMALLEST_DIFFERENCE = 1e-6;

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let model = x(0u, i);
  let difference = max(abs(work(b - model)), work(vec4f(SMALLEST_DIFFERENCE)));
  let t = vec4f(coeff_t());
  let share = work(t / max(difference, t));
  return work(work(share * model) + work(work(vec4f(1.0) - share) * b));
}
