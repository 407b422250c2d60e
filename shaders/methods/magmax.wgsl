// base + λ · the task vector that is largest at the position; among equals the first.

#import lib/add-change

fn merge(i: u32) -> vec4f {
  let b = base(i);
  var largest = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    let tau = work(x(k, i) - b);
    largest = select(largest, tau, abs(tau) > abs(largest));
  }
  return add_change(b, largest);
}
