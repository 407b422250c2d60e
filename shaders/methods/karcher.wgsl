// zero + Σ sₖ·(xₖ − zero): the shares point along the Karcher mean and have the mean length.

#import lib/combine

fn merge(i: u32) -> vec4f {
  return combine(i);
}
