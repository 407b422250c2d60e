// base + λ · change: how every method of task vectors ends. A coefficient: lambda.
fn add_change(base: vec4f, change: vec4f) -> vec4f {
  return work(base + work(change * coeff_lambda()));
}
