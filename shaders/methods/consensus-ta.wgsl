// base + λ · Σ τₖ where enough models need it: where |τₖ| ≥ λₜ · |Σ τ − τₖ| (Wang et al. 2024, section 4).

#import lib/add-change

fn merge(i: u32) -> vec4f {
  let b = base(i);
  var all = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    all += work(x(k, i) - b);
  }
  let sum = work(all);
  var needed = vec4f();
  for (var k = 0u; k < MODELS; k++) {
    let tau = work(x(k, i) - b);
    let rest = work(coeff_tall() * abs(work(sum - tau)));
    needed += select(vec4f(), vec4f(1.0), abs(tau) >= rest);
  }
  return add_change(b, select(sum, vec4f(), needed < vec4f(coeff_agreement())));
}
