// What a method derives, for measures: nothing where the block has no element.

#import lib/planes
#import derived

// Which of the numbers of the method is measured, from 1; 0: none, but task vectors.
override DERIVED: u32 = 0u;

fn derived_inside(k: u32, i: u32) -> vec4f {
  let at = vec4u(4u * i) + vec4u(0u, 1u, 2u, 3u);
  let inside = (at >= vec4u(job.head)) & (at < vec4u(job.end));
  let v = select(vec4f(), derived(k, i), inside);
  inspect_f32(v);
  return v;
}
