// The planes of a block, decoded. The importing shader declares `job` and `planes`: first a table with
// dtype and ordinal of every plane, then the planes at a fixed distance, the models before the base.

#import lib/dtype
#import lib/job
#import lib/work

// Codes of lib/dtype, or MIXED where planes differ.
override DTYPE: u32 = 0u;
override MODELS: u32 = 1u;
override HAS_BASE: u32 = 0u;

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

// Four elements of model k's task vector.
fn task_vector(k: u32, i: u32) -> vec4f {
  return work(x(k, i) - base(i));
}

// Indices of the four elements in the tensor.
fn elements(i: u32) -> vec4u {
  return vec4u(job.start + 4u * i) + vec4u(0u, 1u, 2u, 3u);
}

// Position of model k among the recipe's experts.
fn ordinal(k: u32) -> u32 {
  return planes[k].y;
}

// Quad i of the plane that begins at word `at`, looked at for infinities and NaNs on the way.
fn quad(dtype: u32, at: u32, i: u32) -> vec4f {
  switch dtype {
    case F32 {
      let low = planes[at + 2u * i];
      let high = planes[at + 2u * i + 1u];
      let v = bitcast<vec4f>(vec4u(low, high));
      inspect_f32(v);
      return v;
    }
    case F16 {
      let words = planes[at + i];
      inspect(words, 0x7c007c00u, 0x04000400u);
      return decode_f16(words);
    }
    case BF16 {
      let words = planes[at + i];
      inspect(words, 0x7f807f80u, 0x00800080u);
      return decode_bf16(words);
    }
    case F8_E4M3 {
      let word = planes[at + i / 2u][i % 2u];
      inspect(vec2u(word), 0x7f7f7f7fu, 0x01010101u);
      return decode_e4m3(word);
    }
    case F8_E5M2 {
      let word = planes[at + i / 2u][i % 2u];
      inspect(vec2u(word), 0x7c7c7c7cu, 0x04040404u);
      return decode_e5m2(word);
    }
    default {
      let a = planes[at + 4u * i];
      let b = planes[at + 4u * i + 1u];
      let c = planes[at + 4u * i + 2u];
      let d = planes[at + 4u * i + 3u];
      return decode_f64(vec4u(a.x, b.x, c.x, d.x), vec4u(a.y, b.y, c.y, d.y));
    }
  }
}
