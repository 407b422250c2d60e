// rows · weightsᵀ, with what follows it in a model: a bias, a sum with other rows, a gate, or GELU. Some rows and
// eight columns a thread, so that what is loaded serves several sums.

#import lib/exp
#import lib/gelu
#import lib/grid

struct Matmul {
  // Quads in a row of the input.
  quads: u32,
  // Octs in a row that is multiplied: eight of the result, or four gates and the four they open.
  octs: u32,
  // Groups of ROWS rows.
  groups: u32,
}

@group(0) @binding(0) var<uniform> job: Matmul;
@group(0) @binding(1) var<storage, read> rows: array<vec4f>;
// Oct of columns after oct: of each term its two quads.
@group(0) @binding(2) var<storage, read> panels: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;
// Rows that the product is added to.
@group(0) @binding(5) var<storage, read> others: array<vec4f>;

// Rows a thread: 4, or 1 for what is left.
override ROWS: u32 = 4u;
override BIASED: u32 = 0u;
// What becomes of the product.
override ENDS: u32 = 0u;

const PLAIN = 0u;
const ADDED = 1u;
const GATED = 2u;
const GELU = 3u;
const GELU_BY_TANH = 4u;

// Quads 0 and 1 of row 0, of row 1, …
var<private> sums: array<vec4f, 8>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = workgroup_index(workgroup, workgroups) * THREADS + thread;
  if (GUARDED == 1u && group >= job.groups) {
    return;
  }
  let oct = workgroup.z;
  let first = group * ROWS * job.quads;
  if (BIASED == 1u) {
    for (var row = 0u; row < ROWS; row++) {
      sums[2u * row] = bias[2u * oct];
      sums[2u * row + 1u] = bias[2u * oct + 1u];
    }
  }
  var at = first;
  var panel = 8u * oct * job.quads;
  let end = first + job.quads;
  while (at < end) {
    for (var term = 0u; term < 4u; term++) {
      let low = panels[panel + 2u * term];
      let high = panels[panel + 2u * term + 1u];
      for (var row = 0u; row < ROWS; row++) {
        let factor = rows[at + row * job.quads][term];
        sums[2u * row] += factor * low;
        sums[2u * row + 1u] += factor * high;
      }
    }
    at += 1u;
    panel += 8u;
  }
  for (var row = 0u; row < ROWS; row++) {
    let line = (group * ROWS + row) * job.octs + oct;
    let low = sums[2u * row];
    let high = sums[2u * row + 1u];
    if (ENDS == GATED) {
      result[line] = low / (1.0 + exponentials(-low)) * high;
    } else if (ENDS == ADDED) {
      result[2u * line] = others[2u * line] + low;
      result[2u * line + 1u] = others[2u * line + 1u] + high;
    } else if (ENDS == GELU) {
      result[2u * line] = gelu(low);
      result[2u * line + 1u] = gelu(high);
    } else if (ENDS == GELU_BY_TANH) {
      result[2u * line] = gelu_by_tanh(low);
      result[2u * line + 1u] = gelu_by_tanh(high);
    } else {
      result[2u * line] = low;
      result[2u * line + 1u] = high;
    }
  }
}
