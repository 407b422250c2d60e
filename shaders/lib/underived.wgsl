// Where no method's derived numbers are measured.

fn derived(k: u32, i: u32) -> vec4f {
  return vec4f();
}
