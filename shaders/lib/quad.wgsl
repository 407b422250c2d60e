// Stored elements, decoded four at a time. The importing shader declares `planes`, an array of 64-bit words.

#import lib/dtype

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
