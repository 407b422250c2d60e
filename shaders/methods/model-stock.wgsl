// zero + Σ sₖ·(xₖ − zero): every share is t / N.

#import lib/combine

fn merge(i: u32) -> vec4f {
  return combine(i);
}
