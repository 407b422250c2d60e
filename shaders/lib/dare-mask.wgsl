// DARE: drop elements of a task vector at random and rescale the rest (Yu et al. 2024, section 3.2).
// Four coefficients a model: weight, keep limit of the noise, divisor, scale.

#import lib/random
#import lib/weighted-sum

const DARE_STRIDE = 4u;

// What is left of model k's task vector, from `element` on. `draws` names the coefficients of the seed
// (two 16-bit halves) and of the number of draws, `dares` those of the models.
fn masked(draws: u32, dares: u32, k: u32, tau: vec4f, element: u32) -> vec4f {
  let at = dares + DARE_STRIDE * k;
  let seed = (u32(coeffs[draws]) << 16u) | u32(coeffs[draws + 1u]);
  let count = coeffs[draws + 2u];
  let limit = u32(coeffs[at + 1u]);
  let kept = vec4f(count_kept(job.tensor_key, ordinal(k), element, seed, u32(count), limit));
  let part = select(work(tau * (kept / count)), tau, kept == vec4f(count));
  let scaled = work(divided(part, coeffs[at + 2u]) * coeffs[at + 3u]);
  return select(scaled, vec4f(), kept == vec4f());
}

fn dare_weight(dares: u32, k: u32) -> f32 {
  return work_scalar(coeffs[dares + DARE_STRIDE * k]);
}
