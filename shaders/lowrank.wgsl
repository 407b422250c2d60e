// base + scale · left · right, by rows: a weight that a low-rank update is added to, or the update alone. Four
// rows and eight columns a thread, so that what is loaded serves several sums. Each sum begins at zero and
// takes its terms in ascending order; product, sum, scaling and addition are steps of their own.

#import lib/grid
#import lib/quad

struct Product {
  // Terms of every sum, a multiple of TERMS: zeros fill it up.
  depth: u32,
  // Octs of columns in a row of the product.
  octs: u32,
  // Where in `factors` the right one begins.
  right: u32,
  // Bits of the number that the product is multiplied by.
  scale: u32,
}

@group(0) @binding(0) var<uniform> job: Product;
// The base's rows, as they are stored.
@group(0) @binding(1) var<storage, read> planes: array<vec2u>;
// left, four rows at a time: of each column its four numbers. right, oct of columns after oct: of each row
// its two quads.
@group(0) @binding(2) var<storage, read> factors: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> rows: array<vec4f>;
// [non-finite values were met]; a CPU tells of those in the base only, for its sums follow IEEE rules.
@group(0) @binding(4) var<storage, read_write> tally: array<atomic<u32>>;

// Dtype of the base, or NONE.
override BASE: u32 = 6u;

const NONE = 6u;
const ROWS = 4u;
const TERMS = 4u;

// Quads 0 and 1 of row 0, of row 1, …
var<private> sums: array<vec4f, 8>;

// Sum n as it is stored in quad i.
fn finished(n: u32, i: u32) -> vec4f {
  let update = sums[n] * bitcast<f32>(job.scale);
  if (BASE == NONE) {
    return update;
  }
  return quad(BASE, 0u, i) + update;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let oct = workgroup_index(workgroup, workgroups) * THREADS + thread;
  if (GUARDED == 1u && oct >= job.octs) {
    return;
  }
  var l = workgroup.z * job.depth;
  var r = job.right + 2u * oct * job.depth;
  let end = r + 2u * job.depth;
  while (r < end) {
    for (var term = 0u; term < TERMS; term++) {
      let first = factors[r + 2u * term];
      let second = factors[r + 2u * term + 1u];
      for (var row = 0u; row < ROWS; row++) {
        let factor = factors[l + term][row];
        sums[2u * row] += factor * first;
        sums[2u * row + 1u] += factor * second;
      }
    }
    l += TERMS;
    r += 2u * TERMS;
  }
  for (var row = 0u; row < ROWS; row++) {
    for (var half = 0u; half < 2u; half++) {
      let i = 2u * ((ROWS * workgroup.z + row) * job.octs + oct) + half;
      let v = finished(2u * row + half, i);
      if (GUARDED == 1u) {
        inspect_f32(v);
      }
      rows[i] = v;
    }
  }
  if (met_non_finite()) {
    atomicOr(&tally[0], 1u);
  }
}
