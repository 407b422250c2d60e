// zero + Σ sₖ·(xₖ − zero): the shares are those of the arc.

#import lib/combine

fn merge(i: u32) -> vec4f {
  return combine(i);
}
