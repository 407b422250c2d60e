// The map: every element decoded, merged by the method's formula, encoded. A formula is one function,
// `fn merge(i: u32) -> vec4f`, the four merged elements of quad i. All it may use:
//   MODELS         how many models there are
//   x(k, i)        four elements of model k           base(i)     four of the base
//   coeff_name()   a coefficient of the method, coeff_name(k) that of model k; names as in its `receives`
//   work(v)        one step rounded to the working dtype; work_scalar(s) the same for one number
//   exact(v)       a product that is not fused with the sum it goes into, where ranks are looked for
//   elements(i)    their indices in the tensor        ordinal(k)  model k's place in the recipe
//   GUIDES         how many guides there are       guide(p, i)    four numbers of guide p
//   job.tensor_key and the pieces in lib/

#import lib/grid
#import lib/planes
#import formula

@group(0) @binding(0) var<uniform> job: Job;
@group(0) @binding(1) var<storage, read> planes: array<vec2u>;
@group(0) @binding(2) var<storage, read> coeffs: array<f32>;
@group(0) @binding(3) var<storage, read_write> merged: array<vec2u>;
// [non-finite values were met, results that were saturated]
@group(0) @binding(4) var<storage, read_write> tally: array<atomic<u32>>;

override OUTPUT: u32 = 0u;
// What the result is rounded to before it is encoded.
override RESULT_AS: u32 = 0u;

// As many as WebGPU guarantees: no thread waits for another, so the fewer workgroups the better.
override MAP_THREADS: u32 = 256u;

// Words of the two quads of an oct in 8 bits, half a word each.
var<private> bytes: vec2u;

// Four merged elements of the thread's quad 0 or 1.
fn store(oct: u32, half: u32, v: vec4f) {
  let quad = 2u * oct + half;
  switch OUTPUT {
    case F32 {
      merged[2u * quad] = bitcast<vec2u>(v.xy);
      merged[2u * quad + 1u] = bitcast<vec2u>(v.zw);
    }
    case F16 {
      merged[quad] = encode_f16(v);
    }
    case BF16 {
      merged[quad] = encode_bf16(v);
    }
    case F8_E4M3 {
      bytes[half] = encode_e4m3(v);
      merged[oct] = bytes;
    }
    case F8_E5M2 {
      bytes[half] = encode_e5m2(v);
      merged[oct] = bytes;
    }
    default {
      for (var lane = 0u; lane < 4u; lane++) {
        merged[4u * quad + lane] = encode_f64(v[lane]);
      }
    }
  }
}

@compute @workgroup_size(MAP_THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let oct = workgroup_index(workgroup, workgroups) * MAP_THREADS + thread;
  if (GUARDED == 1u && oct >= job.octs) {
    return;
  }
  for (var half = 0u; half < 2u; half++) {
    let v = rounded(merge(2u * oct + half), RESULT_AS);
    inspect_f32(v);
    store(oct, half, v);
  }
  if (met_non_finite()) {
    atomicOr(&tally[0], 1u);
  }
  let beyond = saturated.x + saturated.y + saturated.z + saturated.w;
  if (beyond != 0u) {
    atomicAdd(&tally[1], beyond);
  }
}
