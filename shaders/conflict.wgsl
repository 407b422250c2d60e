// What the models want at each element, counted by tiles: masses, signs, conflicts, pairs. Planes hold what trim
// or draw leaves of each task vector. A thread counts four tiles that lie side by side, one in each lane, so no
// lane is added to another; counts are exact, sums are f32 within a tile, and the CPU adds tiles in f64.

#import lib/dtype
#import lib/grid
#import lib/sign-vote

// Rows of elements. Tiles are as high as all of them, and fill the rows: zeros want nothing.
struct Band {
  rows: u32,
  // Elements from one row to the next, and from one plane to the next.
  pitch: u32,
  stride: u32,
  // Elements that a tile is wide.
  width: u32,
  // Four tiles each.
  groups: u32,
}

@group(0) @binding(0) var<uniform> job: Band;
// One after the other, f32, before weights.
@group(0) @binding(1) var<storage, read> planes: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
// The sums of each group, one after the other; of pairs for all groups, z after z.
@group(0) @binding(3) var<storage, read_write> sums: array<vec4f>;
// [non-finite values were met]
@group(0) @binding(4) var<storage, read_write> tally: array<atomic<u32>>;

// What is counted: elements, or the pair of models a < b in z = a · MODELS + b.
override KIND: u32 = 0u;
override MODELS: u32 = 1u;

const ELEMENTS = 0u;
const PAIRS = 1u;

// Sums over elements, then those of model 0, 1, …
const SHARED = 0u;
const CONFLICTS = 1u;
const MASS = 2u;
const OPPOSED = 3u;
const SPLIT = 4u;
const MOST = 5u;
const MODEL = 6u;
// Of a model: elements that are not zero, Σ|v|, Σ|v| with a sign that was not elected, Σv².
const MODEL_SUMS = 4u;
// Of a pair: elements where both are not zero, where their signs differ, Σ vₐ·v_b.
const PAIR_SUMS = 3u;
// More models than these are counted elsewhere.
const MOST_MODELS = 32u;

var<private> found: array<vec4f, 134>;

fn one_where(holds: vec4<bool>) -> vec4f {
  return select(vec4f(), vec4f(1.0), holds);
}

// Model k at an element of the four tiles, and what it wants there.
fn left(k: u32, at: u32) -> vec4f {
  let i = k * job.stride + at;
  return vec4f(planes[i], planes[i + job.width], planes[i + 2u * job.width], planes[i + 3u * job.width]);
}

fn wish(k: u32, at: u32) -> vec4f {
  return left(k, at) * weights[k];
}

fn count_elements(at: u32) {
  var plus = vec4f();
  var minus = vec4f();
  var total = vec4f();
  var heads = vec4f();
  var taking = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    let v = wish(k, at);
    inspect_f32(v);
    plus += max(v, vec4f());
    minus += max(-v, vec4f());
    taking += one_where(v != vec4f());
    let heard = voice(left(k, at), v);
    total += heard;
    heads += sign(heard);
  }
  let is_shared = taking > vec4f(1.0);
  let mass = plus + minus;
  let opposed = 2.0 * min(plus, minus);
  let differs = (elects_plus(total) != elects_plus(heads)) | (elects_minus(total) != elects_minus(heads));
  found[SHARED] += one_where(is_shared);
  found[CONFLICTS] += one_where(opposed > vec4f());
  found[MASS] += mass;
  found[OPPOSED] += opposed;
  found[SPLIT] += one_where(is_shared & differs);
  found[MOST] = max(found[MOST], opposed / select(vec4f(1.0), mass, opposed > vec4f()));
  let vote = select(total, heads, BY_FREQUENCY == 1.0);
  let elects_plus_here = elects_plus(vote);
  let elects_minus_here = elects_minus(vote);
  for (var k = 0u; k < MODELS; k++) {
    let v = wish(k, at);
    let heard = voice(left(k, at), v);
    let agrees = ((heard > vec4f()) & elects_plus_here) | ((heard < vec4f()) & elects_minus_here);
    let first = MODEL + MODEL_SUMS * k;
    found[first] += one_where(v != vec4f());
    found[first + 1u] += abs(v);
    found[first + 2u] += select(abs(v), vec4f(), agrees);
    found[first + 3u] += v * v;
  }
}

fn count_pair(a: u32, b: u32, at: u32) {
  let v = wish(a, at);
  let w = wish(b, at);
  let both = (v != vec4f()) & (w != vec4f());
  found[0u] += one_where(both);
  found[1u] += one_where(both & ((v > vec4f()) != (w > vec4f())));
  found[2u] += v * w;
}

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
  let a = workgroup.z / MODELS;
  let b = workgroup.z % MODELS;
  var at = 4u * job.width * group;
  var column = 0u;
  for (var element = 0u; element < job.rows * job.width; element++) {
    if (KIND == PAIRS) {
      count_pair(a, b, at);
    } else {
      count_elements(at);
    }
    column += 1u;
    let is_next_row = column == job.width;
    at += select(1u, 1u + job.pitch - job.width, is_next_row);
    column = select(column, 0u, is_next_row);
  }
  if (KIND == PAIRS) {
    let place = PAIR_SUMS * (job.groups * workgroup.z + group);
    sums[place] = found[0u];
    sums[place + 1u] = found[1u];
    sums[place + 2u] = found[2u];
    return;
  }
  let place = (MODEL + MODEL_SUMS * MODELS) * group;
  for (var n = 0u; n < 6u; n++) {
    sums[place + n] = found[n];
  }
  for (var k = 0u; k < MODELS; k++) {
    let model = MODEL + MODEL_SUMS * k;
    for (var n = 0u; n < 4u; n++) {
      sums[place + model + n] = found[model + n];
    }
  }
  if (met_non_finite()) {
    atomicOr(&tally[0], 1u);
  }
}
