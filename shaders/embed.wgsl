// Rows of the embedding, taken from the panels that matmul.wgsl multiplies by: a tied head needs no second copy.

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
  for (var quad = 0u; quad < job.quads; quad++) {
    rows[token * job.quads + quad] =
      vec4f(panels[at], panels[at + 8u], panels[at + 16u], panels[at + 24u]);
    at += 32u;
  }
}
