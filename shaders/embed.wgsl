// Rows of the embedding, taken from the panels that matmul.wgsl multiplies by: a tied head needs no second copy.
// Where positions have rows of their own, these are added.

#import lib/grid

struct Embed {
  // Quads in a row.
  quads: u32,
  tokens: u32,
}

@group(0) @binding(0) var<uniform> job: Embed;
// Of each token its id, position, slot, and the slots it sees: from, and the one after the last.
@group(0) @binding(1) var<storage, read> tokens: array<u32>;
// Eight rows after eight: of each column its eight numbers.
@group(0) @binding(2) var<storage, read> panels: array<f32>;
@group(0) @binding(3) var<storage, read_write> rows: array<vec4f>;
// Of each position a row.
@group(0) @binding(4) var<storage, read> places: array<vec4f>;

override PLACED: u32 = 0u;

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
  let id = tokens[TOKEN_WORDS * token];
  var at = (id / 8u) * job.quads * 32u + id % 8u;
  let place = tokens[TOKEN_WORDS * token + 1u] * job.quads;
  for (var quad = 0u; quad < job.quads; quad++) {
    var row = vec4f(panels[at], panels[at + 8u], panels[at + 16u], panels[at + 24u]);
    if (PLACED == 1u) {
      row += places[place + quad];
    }
    rows[token * job.quads + quad] = row;
    at += 32u;
  }
}
