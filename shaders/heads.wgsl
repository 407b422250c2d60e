// Queries, keys and values of every head on their way to attention: normed where the model does so, turned by
// their position, the keys and values put into their slots. One head of one token a thread.

#import lib/grid

struct Heads {
  tokens: u32,
  // Heads of queries, and of keys; as many of values.
  queries: u32,
  keys: u32,
  // Bits of what is added to the mean square.
  epsilon: u32,
}

@group(0) @binding(0) var<uniform> job: Heads;
// Of each token all queries, all keys, all values.
@group(0) @binding(1) var<storage, read> given: array<vec4f>;
// Of each token its id, position, slot, and the slots it sees: from, and the one after the last.
@group(0) @binding(2) var<storage, read> tokens: array<u32>;
@group(0) @binding(3) var<storage, read_write> turned: array<vec4f>;
// Of each slot all keys, all values.
@group(0) @binding(4) var<storage, read_write> slots: array<vec4f>;
// Of each position the cosines of half a head, then the sines.
@group(0) @binding(5) var<storage, read> angles: array<vec4f>;
// Weights of the norm of queries, then of keys.
@group(0) @binding(6) var<storage, read> weights: array<vec4f>;

// Quads in half a head.
override HALF: u32 = 4u;
override NORMED: u32 = 0u;

const TOKEN_WORDS = 5u;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let token = workgroup_index(workgroup, workgroups) * THREADS + thread;
  if (GUARDED == 1u && token >= job.tokens) {
    return;
  }
  let head = workgroup.z;
  let size = 2u * HALF;
  let first = (token * (job.queries + 2u * job.keys) + head) * size;
  let slot = tokens[TOKEN_WORDS * token + 2u];
  let to = (slot * 2u * job.keys + head - job.queries) * size;
  if (head >= job.queries + job.keys) {
    for (var quad = 0u; quad < size; quad++) {
      slots[to + quad] = given[first + quad];
    }
    return;
  }
  let weight = select(0u, size, head >= job.queries);
  var factor = 1.0;
  if (NORMED == 1u) {
    var squares = vec4f();
    for (var quad = 0u; quad < size; quad++) {
      let v = given[first + quad];
      squares += v * v;
    }
    let mean = (squares.x + squares.y + squares.z + squares.w) / f32(4u * size);
    factor = 1.0 / sqrt(mean + bitcast<f32>(job.epsilon));
  }
  let angle = tokens[TOKEN_WORDS * token + 1u] * size;
  for (var quad = 0u; quad < HALF; quad++) {
    var x = given[first + quad];
    var y = given[first + HALF + quad];
    if (NORMED == 1u) {
      x *= factor * weights[weight + quad];
      y *= factor * weights[weight + HALF + quad];
    }
    let cosine = angles[angle + quad];
    let sine = angles[angle + HALF + quad];
    if (head < job.queries) {
      let into = (token * job.queries + head) * size;
      turned[into + quad] = x * cosine - y * sine;
      turned[into + HALF + quad] = y * cosine + x * sine;
    } else {
      slots[to + quad] = x * cosine - y * sine;
      slots[to + HALF + quad] = y * cosine + x * sine;
    }
  }
}
