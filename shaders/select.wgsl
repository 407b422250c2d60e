// One step of the search for the exact k-th largest magnitude of task vectors. A search holds a bracket
// that its answer lies in and a guess at it. The step counts per slab what lies above the bracket and
// what equals the guess, in registers, and puts what else lies in the bracket into a histogram: with a
// good bracket few elements touch an atomic, so a step runs near the speed of reading.

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
// For each search and slab: how many lie above the bracket, how many equal the guess.
@group(0) @binding(3) var<storage, read_write> counts: array<vec2u>;
// [non-finite values were met, unused], then the histogram of each search.
@group(0) @binding(4) var<storage, read_write> tally: array<atomic<u32>>;

const HISTOGRAM = 2u;
const BINS = 2048u;
// What a workgroup counts: 8,192 elements.
const SLAB_OCTS = 1024u;

var<workgroup> sh_above: atomic<u32>;
var<workgroup> sh_equal: atomic<u32>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let search = searches[workgroup.z];
  let slab = workgroup_index(workgroup, workgroups);
  let end = 2u * min((slab + 1u) * SLAB_OCTS, job.octs);
  let bins = HISTOGRAM + BINS * workgroup.z;
  var above = vec4u();
  var equal = vec4u();
  for (var i = 2u * slab * SLAB_OCTS + thread; i < end; i += THREADS) {
    let found = magnitudes(search.model, i);
    let is_guess = found == vec4u(search.guess);
    let in_bracket = (found - vec4u(search.low)) < vec4u(search.high - search.low);
    above += select(vec4u(), vec4u(1u), (found - vec4u(search.high)) < vec4u(OUTSIDE - search.high));
    equal += select(vec4u(), vec4u(1u), is_guess);
    let counted = in_bracket & !is_guess;
    if (any(counted)) {
      for (var lane = 0u; lane < 4u; lane++) {
        if (counted[lane]) {
          atomicAdd(&tally[bins + ((found[lane] - search.low) >> search.shift)], 1u);
        }
      }
    }
  }
  atomicAdd(&sh_above, above.x + above.y + above.z + above.w);
  atomicAdd(&sh_equal, equal.x + equal.y + equal.z + equal.w);
  if (met_non_finite()) {
    atomicOr(&tally[0], 1u);
  }
  workgroupBarrier();
  if (thread == 0u && slab * SLAB_OCTS < job.octs) {
    let slabs = (job.octs + SLAB_OCTS - 1u) / SLAB_OCTS;
    counts[slabs * workgroup.z + slab] = vec2u(atomicLoad(&sh_above), atomicLoad(&sh_equal));
  }
}
