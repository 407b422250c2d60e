// What every head of every token gathers from the slots that it sees: values, weighted by the softmax of
// query · key. One pass: when a larger product comes, what was gathered is scaled down to it.

#import lib/exp
#import lib/grid

struct Attention {
  tokens: u32,
  // Heads of queries, and of keys; as many of values.
  queries: u32,
  keys: u32,
  // Bits of the number that products are multiplied by.
  scale: u32,
}

@group(0) @binding(0) var<uniform> job: Attention;
@group(0) @binding(1) var<storage, read> queries: array<vec4f>;
// Of each token its id, position, slot, and the slots it sees: from, and the one after the last.
@group(0) @binding(2) var<storage, read> tokens: array<u32>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;
// Of each slot all keys, all values.
@group(0) @binding(4) var<storage, read> slots: array<vec4f>;

// Quads in half a head.
override HALF: u32 = 4u;

const TOKEN_WORDS = 5u;
const LOWEST = -3.0e38;

var<private> gathered: array<vec4f, 32>;

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
  let query = (token * job.queries + head) * size;
  let pitch = 2u * job.keys * size;
  let seen = tokens[TOKEN_WORDS * token + 3u];
  let end = tokens[TOKEN_WORDS * token + 4u] * pitch;
  let offset = head * job.keys / job.queries * size;
  var key = seen * pitch;
  var highest = LOWEST;
  var total = 0.0;
  while (key < end) {
    var products = vec4f();
    for (var quad = 0u; quad < size; quad++) {
      products += queries[query + quad] * slots[key + offset + quad];
    }
    let sum = products.x + products.y + products.z + products.w;
    let score = sum * bitcast<f32>(job.scale);
    if (score > highest) {
      let less = exponential(highest - score);
      total *= less;
      for (var quad = 0u; quad < size; quad++) {
        gathered[quad] *= less;
      }
      highest = score;
    }
    let weight = exponential(score - highest);
    total += weight;
    let value = key + job.keys * size + offset;
    for (var quad = 0u; quad < size; quad++) {
      gathered[quad] += weight * slots[value + quad];
    }
    key += pitch;
  }
  for (var quad = 0u; quad < size; quad++) {
    result[query + quad] = gathered[quad] / total;
  }
}
