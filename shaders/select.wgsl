// One step of the search for the exact k-th largest magnitude of task vectors, or of what a method
// derives. A search holds a bracket
// that its answer lies in and a guess at it. The step counts per slab what lies above the bracket and
// what equals the guess, in registers, and puts what else lies in the bracket into a histogram: with a
// good bracket few elements touch an atomic, so a step runs near the speed of reading. The zeros around
// a block are counted as well; the CPU takes them off.

#import lib/grid
#import lib/magnitude

struct Search {
  model: u32,
  // The bracket: magnitudes as bit patterns, low ≤ m < high.
  low: u32,
  high: u32,
  // A bin of the histogram is 2^shift patterns wide.
  shift: u32,
  // A pattern in the bracket.
  guess: u32,
}

@group(0) @binding(0) var<uniform> job: Job;
@group(0) @binding(1) var<storage, read> planes: array<vec2u>;
@group(0) @binding(2) var<storage, read> searches: array<Search>;
// For each search and thread: how many lie above the bracket, how many equal the guess.
@group(0) @binding(3) var<storage, read_write> counts: array<vec2u>;
// [non-finite values were met], then the histogram of each search.
@group(0) @binding(4) var<storage, read_write> tally: array<atomic<u32>>;
// What derived numbers are told.
@group(0) @binding(5) var<storage, read> coeffs: array<f32>;

const HISTOGRAM = 1u;
const BINS = 2048u;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let search = searches[workgroup.z];
  let slab = workgroup_index(workgroup, workgroups);
  let slabs = slab_count(2u * job.octs);
  if (GUARDED == 1u && slab >= slabs) {
    return;
  }
  let high = vec4u(search.high);
  var above = vec4u();
  var equal = vec4u();
  for (var turn = 0u; turn < SLAB_TURNS; turn++) {
    let i = (slab * SLAB_TURNS + turn) * THREADS + thread;
    if (GUARDED == 0u || i < 2u * job.octs) {
      let found = magnitudes(search.model, i);
      let is_guess = found == vec4u(search.guess);
      let in_bracket = (found - vec4u(search.low)) < vec4u(search.high - search.low);
      above += select(vec4u(), vec4u(1u), found >= high);
      equal += select(vec4u(), vec4u(1u), is_guess);
      count(in_bracket & !is_guess, found - vec4u(search.low), search.shift, workgroup.z);
    }
  }
  counts[(slabs * workgroup.z + slab) * THREADS + thread] = vec2u(dot(above, vec4u(1u)), dot(equal, vec4u(1u)));
  if (met_non_finite()) {
    atomicOr(&tally[0], 1u);
  }
}

// Puts the chosen lanes into the histogram of search z. A loop, because it is mostly left at once.
fn count(chosen: vec4<bool>, above_low: vec4u, shift: u32, z: u32) {
  var waiting = dot(select(vec4u(), vec4u(1u, 2u, 4u, 8u), chosen), vec4u(1u));
  while (waiting != 0u) {
    let bin = above_low[firstTrailingBit(waiting)] >> shift;
    atomicAdd(&tally[HISTOGRAM + BINS * z + bin], 1u);
    waiting &= waiting - 1u;
  }
}
