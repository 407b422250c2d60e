// Sums over planes: dot products of weights or task vectors, the mass Σ|τ| of what a trim or DARE
// keeps, and numbers that a method derives. f32 within a thread; the CPU adds the threads in f64.

#import lib/derived
#import lib/grid
#import lib/planes
#import lib/random

struct Sum {
  // The models it is over; masses are of the first.
  a: u32,
  b: u32,
  // What is kept: patterns above `magnitude`, or equal to it at an index below `cut`.
  magnitude: u32,
  cut: u32,
  // What is drawn: noise below `limit`, as a share of `draws`.
  limit: u32,
  seed: u32,
  draws: u32,
}

// What is summed, the same in all sums of a dispatch.
override KIND: u32 = 0u;

const DOT_WEIGHTS = 0u;
const DOT_TASK_VECTORS = 1u;
const MASS_ALL = 2u;
const MASS_LARGEST = 3u;
const MASS_DRAWN = 4u;
const DERIVED_NUMBER = 5u;

@group(0) @binding(0) var<uniform> job: Job;
@group(0) @binding(1) var<storage, read> planes: array<vec2u>;
@group(0) @binding(2) var<storage, read> sums: array<Sum>;
// One for each sum and thread.
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;
// [non-finite values were met]
@group(0) @binding(4) var<storage, read_write> tally: array<atomic<u32>>;
// What derived numbers are told.
@group(0) @binding(5) var<storage, read> coeffs: array<f32>;

// What quad i adds. The zeros around a block add nothing.
fn term(sum: Sum, i: u32) -> vec4f {
  switch KIND {
    case DOT_WEIGHTS {
      return x(sum.a, i) * x(sum.b, i);
    }
    case DOT_TASK_VECTORS {
      return task_vector(sum.a, i) * task_vector(sum.b, i);
    }
    case MASS_LARGEST {
      let size = abs(task_vector(sum.a, i));
      let bits = bitcast<vec4u>(size);
      let limit = vec4u(sum.magnitude);
      let kept = (bits > limit) | ((bits == limit) & (elements(i) < vec4u(sum.cut)));
      return select(vec4f(), size, kept);
    }
    case MASS_DRAWN {
      let element = elements(i).x;
      let size = abs(task_vector(sum.a, i));
      let model = ordinal(sum.a);
      let kept = count_kept(job.tensor_key, model, element, sum.seed, sum.draws, sum.limit);
      return size * (vec4f(kept) / f32(sum.draws));
    }
    case DERIVED_NUMBER {
      return derived_inside(sum.a, i);
    }
    default {
      return abs(task_vector(sum.a, i));
    }
  }
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let sum = sums[workgroup.z];
  let slab = workgroup_index(workgroup, workgroups);
  let slabs = slab_count(2u * job.octs);
  if (GUARDED == 1u && slab >= slabs) {
    return;
  }
  var total = vec4f();
  for (var turn = 0u; turn < SLAB_TURNS; turn++) {
    let i = (slab * SLAB_TURNS + turn) * THREADS + thread;
    if (GUARDED == 0u || i < 2u * job.octs) {
      total += term(sum, i);
    }
  }
  partials[(slabs * workgroup.z + slab) * THREADS + thread] = total.x + total.y + (total.z + total.w);
  if (met_non_finite()) {
    atomicOr(&tally[0], 1u);
  }
}
