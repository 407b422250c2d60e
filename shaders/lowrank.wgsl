// Rows of a product of two matrices, left · right, of which the inner side is short: what a low-rank update
// adds to a weight. Four rows and eight columns a thread, so that what is loaded serves several sums. Each
// sum begins at zero and takes its terms in ascending order, each a product that is rounded by itself.

#import lib/dtype
#import lib/grid

struct Product {
  // Terms of every sum, a multiple of TERMS: zeros fill it up.
  depth: u32,
  // Octs of columns in a row of the product.
  octs: u32,
}

@group(0) @binding(0) var<uniform> job: Product;
// right, oct of columns after oct: of each the two quads of every row.
@group(0) @binding(1) var<storage, read> right: array<vec4f>;
// left, four rows at a time: of each the four numbers of every column.
@group(0) @binding(2) var<storage, read> left: array<f32>;
@group(0) @binding(3) var<storage, read_write> product: array<vec4f>;
// [non-finite values were met]; not told by a CPU, where sums follow IEEE rules by themselves.
@group(0) @binding(4) var<storage, read_write> tally: array<atomic<u32>>;

const ROWS = 4u;
const TERMS = 4u;

// Quads 0 and 1 of row 0, of row 1, …
var<private> sums: array<vec4f, 8>;

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
  var l = ROWS * workgroup.z * job.depth;
  let end = 2u * (oct + 1u) * job.depth;
  for (var r = 2u * oct * job.depth; r < end; r += 2u * TERMS) {
    for (var term = 0u; term < 4u; term++) {
      let first = right[r + 2u * term];
      let second = right[r + 2u * term + 1u];
      for (var row = 0u; row < 4u; row++) {
        let factor = left[l + ROWS * term + row];
        sums[2u * row] += factor * first;
        sums[2u * row + 1u] += factor * second;
      }
    }
    l += ROWS * TERMS;
  }
  for (var row = 0u; row < 4u; row++) {
    let at = 2u * ((ROWS * workgroup.z + row) * job.octs + oct);
    product[at] = sums[2u * row];
    product[at + 1u] = sums[2u * row + 1u];
    if (GUARDED == 1u) {
      inspect_f32(sums[2u * row]);
      inspect_f32(sums[2u * row + 1u]);
    }
  }
  if (GUARDED == 1u && met_non_finite()) {
    atomicOr(&tally[0], 1u);
  }
}
