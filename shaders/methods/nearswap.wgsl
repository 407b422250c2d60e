// s·x + (1 − s)·base, where s is t ÷ |base − x|, at most 1.

// A difference below it counts as it (mergekit).
const SMALLEST_DIFFERENCE = 1e-6;

fn merge(i: u32) -> vec4f {
  let b = base(i);
  let model = x(0u, i);
  let least = max(work(vec4f(SMALLEST_DIFFERENCE)), vec4f(coeff_near()));
  let reciprocal = work(vec4f(1.0) / max(abs(work(b - model)), least));
  let share = work(min(reciprocal * coeff_t(), vec4f(1.0)));
  return work(work(share * model) + work(work(vec4f(1.0) - share) * b));
}
