// DELLA: drop elements of a task vector at random, by the chance that their rank in their row has, and rescale the rest
// (Deep et al. 2024). A guide of each model: its chances, multiples of 2⁻²⁴. Coefficients: seed, inverse; of each model:
// rescale.

#import lib/random

#constant INVERSE inverse

// Whether kept elements are divided by their chance.
override INVERSE: f32 = 0.0;

// What is left of model k's task vector; all of it where nothing is dropped.
fn drawn(k: u32, tau: vec4f, i: u32) -> vec4f {
  if (GUIDES == 0u) {
    return tau;
  }
  let chance = guide(k, i);
  let limit = vec4u(chance * 16777216.0);
  let bits = noise(job.tensor_key, ordinal(k), elements(i).x >> 2u, coeff_seed(), 0u) >> vec4u(8u);
  let is_kept = bits < limit;
  // WGSL does not promise that dividing by one leaves a value as it is.
  let whole = (chance == vec4f(1.0)) | !is_kept | vec4<bool>(INVERSE == 0.0);
  let part = select(work(tau / select(chance, vec4f(1.0), whole)), tau, whole);
  return select(vec4f(), work(part * coeff_rescale(k)), is_kept);
}
