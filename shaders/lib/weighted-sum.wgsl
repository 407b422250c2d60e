// Σ wₖ·vₖ in recipe order, and the sum of the weights. A coefficient of each model: weight.

// How far it has come.
struct WeightedSum {
  value: vec4f,
  weights: f32,
}

// One step; the product is a step of its own.
fn add_model(sum: WeightedSum, k: u32, v: vec4f) -> WeightedSum {
  let weight = work_scalar(coeff_weight(k));
  return WeightedSum(sum.value + work(v * weight), sum.weights + weight);
}
