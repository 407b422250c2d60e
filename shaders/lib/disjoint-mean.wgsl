// TIES step 3: the mean of those that agree with the elected sign (Yadav et al. 2023, section 3.2).

#import lib/sign-vote

// The models on one side of an election: Σ of their weighted values, of their weights, and how many.
struct Camp {
  sum: vec4f,
  weights: vec4f,
  count: vec4f,
}

struct Election {
  vote: vec4f,
  plus: Camp,
  minus: Camp,
}

// One model votes and joins its camp. Both camps are summed, since nobody knows yet who wins: a model
// of the other camp adds zero, which changes nothing.
fn cast_vote(held: Election, election: u32, value: vec4f, weight: f32) -> Election {
  let weighted = work(value * weight);
  let heard = voice(election, value, weighted);
  return Election(
    held.vote + ballot(election, heard),
    join(held.plus, heard > vec4f(), weighted, weight),
    join(held.minus, heard < vec4f(), weighted, weight),
  );
}

fn join(camp: Camp, agrees: vec4<bool>, weighted: vec4f, weight: f32) -> Camp {
  return Camp(
    camp.sum + select(vec4f(), weighted, agrees),
    camp.weights + select(vec4f(), vec4f(weight), agrees),
    camp.count + select(vec4f(), vec4f(1.0), agrees),
  );
}

// The merged change: the mean of the winning camp, zero where nobody wins.
fn disjoint_mean(held: Election, election: u32) -> vec4f {
  let vote = work(held.vote);
  let plus = elects_plus(election, vote);
  let sum = work(select(held.minus.sum, held.plus.sum, plus));
  let weights = work(select(held.minus.weights, held.plus.weights, plus));
  let count = select(held.minus.count, held.plus.count, plus);
  let rule = coeffs[election + 3u];
  let divisor = select(select(vec4f(1.0), count, rule == 2.0), weights, rule == 1.0);
  let whole = (divisor == vec4f()) | (divisor == vec4f(1.0));
  let mean = select(work(sum / select(divisor, vec4f(1.0), whole)), sum, whole);
  return select(vec4f(), mean, plus | elects_minus(vote));
}
