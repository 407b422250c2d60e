// Magnitudes of single elements, of task vectors or of what a method derives, at a stride, so that the CPU can guess where a selection will end.

#import lib/grid
#import lib/magnitude
#import lib/random

struct Sample {
  model: u32,
  // Position of the first stride, from the beginning of the first oct.
  first: u32,
  // One element of every `stride` is taken, at a random place in it: rows have a beat of their own.
  stride: u32,
  count: u32,
}

@group(0) @binding(0) var<uniform> job: Job;
@group(0) @binding(1) var<storage, read> planes: array<vec2u>;
@group(0) @binding(2) var<storage, read> samples: array<Sample>;
// samples[z].count for each z; OUTSIDE where the block has no element.
@group(0) @binding(3) var<storage, read_write> taken: array<u32>;
// [non-finite values were met]
@group(0) @binding(4) var<storage, read_write> tally: array<atomic<u32>>;
// What derived numbers are told.
@group(0) @binding(5) var<storage, read> coeffs: array<f32>;

// Above every magnitude.
const OUTSIDE = 0x80000000u;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let sample = samples[workgroup.z];
  let s = workgroup_index(workgroup, workgroups) * THREADS + thread;
  if (s >= sample.count) {
    return;
  }
  let jitter = pcg4d(vec4u(s, 0u, 0u, 0u)).x % sample.stride;
  let at = sample.first + s * sample.stride + jitter;
  if (job.head <= at && at < job.end) {
    taken[workgroup.z * sample.count + s] = magnitudes(sample.model, at / 4u)[at % 4u];
  } else {
    taken[workgroup.z * sample.count + s] = OUTSIDE;
  }
  if (met_non_finite()) {
    atomicOr(&tally[0], 1u);
  }
}
