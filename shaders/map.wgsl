// The map: every element decoded, merged by the method's formula, encoded. A formula is one function,
// `fn merge(i: u32) -> vec4f`, the four merged elements of quad i. All it may use:
//   MODELS         how many models there are
//   x(k, i)        four elements of model k           base(i)     four of the base
//   coeffs[n]      what the method's `coefficients` gave
//   work(v)        one step rounded to the working dtype; work_scalar(s) the same for one number
//   elements(i)    their indices in the tensor        ordinal(k)  model k's place in the recipe
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

// Eight merged elements, one to eight words.
fn store(oct: u32, first: vec4f, second: vec4f) {
  switch OUTPUT {
    case F32 {
      let a = bitcast<vec4u>(first);
      let b = bitcast<vec4u>(second);
      merged[4u * oct] = a.xy;
      merged[4u * oct + 1u] = a.zw;
      merged[4u * oct + 2u] = b.xy;
      merged[4u * oct + 3u] = b.zw;
    }
    case F16, BF16 {
      merged[2u * oct] = encode_16(first, OUTPUT);
      merged[2u * oct + 1u] = encode_16(second, OUTPUT);
    }
    case F8_E4M3, F8_E5M2 {
      merged[oct] = vec2u(encode_8(first, OUTPUT), encode_8(second, OUTPUT));
    }
    default {
      for (var lane = 0u; lane < 4u; lane++) {
        merged[8u * oct + lane] = encode_f64(first[lane]);
        merged[8u * oct + 4u + lane] = encode_f64(second[lane]);
      }
    }
  }
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let oct = workgroup_index(workgroup, workgroups) * THREADS + thread;
  if (oct >= job.octs) {
    return;
  }
  let first = merge(2u * oct);
  let second = merge(2u * oct + 1u);
  inspect_f32(first);
  inspect_f32(second);
  store(oct, first, second);
  if (suspicion != 0u) {
    atomicOr(&tally[0], 1u);
  }
  if (saturated != 0u) {
    atomicAdd(&tally[1], saturated);
  }
}
