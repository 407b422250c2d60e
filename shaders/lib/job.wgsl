// What a dispatch is told about its block. Elements are handled in quads (one vec4f) and octs (two
// quads): eight elements of any dtype fill whole 64-bit words.

struct Job {
  // Octs in the block; every thread makes whole ones.
  octs: u32,
  // Elements of the first oct that lie before the block, and where its last oct ends, from there.
  head: u32,
  end: u32,
  // Index in the tensor of the first element of the first oct, a multiple of 8; modulo 2³².
  start: u32,
  // Where plane 0 begins in `planes`, and the distance from plane to plane; in 64-bit words.
  first: u32,
  stride: u32,
  // FNV-1a of the tensor's name, for the noise.
  tensor_key: u32,
}
