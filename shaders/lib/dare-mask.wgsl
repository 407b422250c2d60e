// DARE: drop elements of a task vector at random and rescale the rest (Yu et al. 2024, section 3.2).
// Coefficients: seed, draws; of each model: limit of the noise, share that is kept, rescale.

#import lib/divide
#import lib/random

// What is left of model k's task vector, from `element` on.
fn masked(k: u32, tau: vec4f, element: u32) -> vec4f {
  let draws = coeff_draws();
  let count = f32(draws);
  let seed = coeff_seed();
  let kept = vec4f(count_kept(job.tensor_key, ordinal(k), element, seed, draws, coeff_limit(k)));
  let part = select(work(tau * (kept / count)), tau, kept == vec4f(count));
  let scaled = work(divided(part, coeff_share(k)) * coeff_rescale(k));
  return select(scaled, vec4f(), kept == vec4f());
}
