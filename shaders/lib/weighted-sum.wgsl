// Σ wₖ·vₖ in recipe order, and its mean.

// Weights that sum to less have no mean (mergekit's limit).
const SMALLEST_TOTAL = 1e-8;

// One step of the sum; the product is a step of its own.
fn add_weighted(sum: vec4f, v: vec4f, weight: f32) -> vec4f {
  return sum + work(v * weight);
}

// What a mean of task vectors is divided by.
fn mean_divisor(total: f32) -> f32 {
  let rounded = work_scalar(total);
  return select(rounded, 1.0, abs(rounded) < SMALLEST_TOTAL);
}

// One leaves the sum as it is: WGSL does not promise that dividing by one does.
fn divided(sum: vec4f, divisor: f32) -> vec4f {
  if (divisor == 1.0) {
    return sum;
  }
  return work(sum / divisor);
}
