// Σ wₖ·vₖ in recipe order, and the mean of it.

// One step of the sum; the product is a step of its own.
fn add_weighted(sum: vec4f, v: vec4f, weight: f32) -> vec4f {
  return sum + work(v * weight);
}

// sum ÷ divisor. One leaves the sum as it is: WGSL does not promise that dividing by one does.
fn divided(sum: vec4f, divisor: f32) -> vec4f {
  if (divisor == 1.0) {
    return sum;
  }
  return work(sum / divisor);
}
