// Rows less their mean, divided by their standard deviation, times a weight of each column and plus its bias.

#import lib/grid

struct Norm {
  // Quads in a row.
  quads: u32,
  rows: u32,
  // Bits of what is added to the variance.
  epsilon: u32,
}

@group(0) @binding(0) var<uniform> job: Norm;
@group(0) @binding(1) var<storage, read> rows: array<vec4f>;
@group(0) @binding(2) var<storage, read> weights: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> result: array<vec4f>;

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
  let start = row * job.quads;
  var sums = vec4f();
  for (var quad = 0u; quad < job.quads; quad++) {
    sums += rows[start + quad];
  }
  let mean = (sums.x + sums.y + sums.z + sums.w) / f32(4u * job.quads);
  var squares = vec4f();
  for (var quad = 0u; quad < job.quads; quad++) {
    let v = rows[start + quad] - mean;
    squares += v * v;
  }
  let variance = (squares.x + squares.y + squares.z + squares.w) / f32(4u * job.quads);
  let factor = 1.0 / sqrt(variance + bitcast<f32>(job.epsilon));
  for (var quad = 0u; quad < job.quads; quad++) {
    result[start + quad] = (rows[start + quad] - mean) * factor * weights[quad] + bias[quad];
  }
}
