// Rows divided by their root mean square, times a weight of each column. Which rows: those that are picked.

#import lib/grid

struct Norm {
  // Quads in a row.
  quads: u32,
  rows: u32,
  // Bits of what is added to the mean square.
  epsilon: u32,
}

@group(0) @binding(0) var<uniform> job: Norm;
@group(0) @binding(1) var<storage, read> rows: array<vec4f>;
@group(0) @binding(2) var<storage, read> weights: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4f>;
@group(0) @binding(4) var<storage, read> picked: array<u32>;

// Whether rows are picked, or all taken in their order.
override PICKS: u32 = 1u;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = workgroup_index(workgroup, workgroups) * THREADS + thread;
  if (GUARDED == 1u && row >= job.rows) {
    return;
  }
  var start = row * job.quads;
  if (PICKS == 1u) {
    start = picked[row] * job.quads;
  }
  var squares = vec4f();
  for (var quad = 0u; quad < job.quads; quad++) {
    let v = rows[start + quad];
    squares += v * v;
  }
  let mean = (squares.x + squares.y + squares.z + squares.w) / f32(4u * job.quads);
  let factor = 1.0 / sqrt(mean + bitcast<f32>(job.epsilon));
  for (var quad = 0u; quad < job.quads; quad++) {
    result[row * job.quads + quad] = rows[start + quad] * factor * weights[quad];
  }
}
