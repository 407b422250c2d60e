// TIES step 2: the models elect a sign at every position, by mass or by count (Yadav et al. 2023,
// section 3.2). Four coefficients: weighted; by frequency; a zero vote elects plus; what the agreeing
// values are divided by: nothing, their weights, or their count.

// What a model says in the election: its value, with or without its weight.
fn voice(election: u32, value: vec4f, weighted: vec4f) -> vec4f {
  return select(value, weighted, coeffs[election] == 1.0);
}

// What that counts: all of it, or its sign.
fn ballot(election: u32, heard: vec4f) -> vec4f {
  return select(heard, sign(heard), coeffs[election + 1u] == 1.0);
}

// Whether plus wins; if not, minus does, or nobody where the vote is even.
fn elects_plus(election: u32, vote: vec4f) -> vec4<bool> {
  let even = vec4<bool>(coeffs[election + 2u] == 1.0);
  return (vote > vec4f()) | ((vote == vec4f()) & even);
}

fn elects_minus(vote: vec4f) -> vec4<bool> {
  return vote < vec4f();
}
