// Counter-based noise: a hash of where an element is, so masks do not depend on dispatch order or block
// size. pcg4d of Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020.

// 2³² divided by the golden ratio: spreads the draws over all seeds.
const DRAW_STEP = 0x9e3779b9u;

fn pcg4d(seed: vec4u) -> vec4u {
  var v = seed * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v;
}

// 32 random bits for each of the four elements of a quad.
fn noise(tensor_key: u32, model: u32, quad: u32, seed: u32, draw: u32) -> vec4u {
  return pcg4d(vec4u(quad, model, tensor_key, seed + draw * DRAW_STEP));
}

// How many of the draws keep each of the four elements from `element` on.
fn count_kept(tensor_key: u32, model: u32, element: u32, seed: u32, draws: u32, limit: u32) -> vec4u {
  var kept = vec4u();
  for (var draw = 0u; draw < draws; draw++) {
    let bits = noise(tensor_key, model, element >> 2u, seed, draw);
    kept += select(vec4u(0u), vec4u(1u), (bits >> vec4u(8u)) < vec4u(limit));
  }
  return kept;
}
