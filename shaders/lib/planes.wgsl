// The planes of a block, decoded. The importing shader declares `job` and `planes`: first a table with
// dtype and ordinal of every plane, then the planes at a fixed distance, the models before the base.

#import lib/grid
#import lib/job
#import lib/quad
#import lib/work

// Codes of lib/dtype, or MIXED where planes differ.
override DTYPE: u32 = 0u;
override MODELS: u32 = 1u;
override HAS_BASE: u32 = 0u;
// Planes behind the base: numbers of each element that were computed before.
override GUIDES: u32 = 0u;

const MIXED = 6u;

// Four elements of model k, rounded to what inputs are read as.
fn x(k: u32, i: u32) -> vec4f {
  if (DTYPE == MIXED) {
    return read_as(quad(planes[k].x, job.first + k * job.stride, i));
  }
  if (DTYPE == READ_AS) {
    return quad(DTYPE, job.first + k * job.stride, i);
  }
  return read_as(quad(DTYPE, job.first + k * job.stride, i));
}

// Four elements of the base; zeros when there is none.
fn base(i: u32) -> vec4f {
  if (HAS_BASE == 0u) {
    return vec4f();
  }
  return x(MODELS, i);
}

// Four numbers of guide p.
fn guide(p: u32, i: u32) -> vec4f {
  return quad(F32, job.first + (MODELS + HAS_BASE + p) * job.stride, i);
}

// Four elements of model k's task vector.
fn task_vector(k: u32, i: u32) -> vec4f {
  return work(x(k, i) - base(i));
}

// The same value, as it is rounded: WGSL allows a product and a sum to become one step, and another one in another
// shader. Only for what is compared; no block has so many octs, but no compiler knows.
fn exact(v: vec4f) -> vec4f {
  if (GUARDED == 0u) {
    return v;
  }
  return bitcast<vec4f>(bitcast<vec4u>(v) ^ vec4u(job.octs >> 31u));
}

// Indices of the four elements in the tensor.
fn elements(i: u32) -> vec4u {
  return vec4u(job.start + 4u * i) + vec4u(0u, 1u, 2u, 3u);
}

// Position of model k among the recipe's experts.
fn ordinal(k: u32) -> u32 {
  return planes[k].y;
}
