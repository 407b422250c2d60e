// TIES step 3: the mean of those that agree with the elected sign (Yadav et al. 2023, section 3.2).
// A coefficient of each model: weight.

#import lib/sign-vote

#constant DIVISOR divisor

// What the agreeing values are divided by: nothing (0), their weights (1) or their count (2).
override DIVISOR: f32 = 1.0;

// The models on one side of an election: Σ of their weighted values, and what that is divided by.
struct Camp {
  sum: vec4f,
  divisor: vec4f,
}

struct Election {
  vote: vec4f,
  plus: Camp,
  minus: Camp,
}

// Model k votes and joins its camp. Both camps are summed, since nobody knows yet which will win; to
// the other one the model adds zero, which changes nothing.
fn cast_vote(held: Election, k: u32, value: vec4f) -> Election {
  let weight = work_scalar(coeff_weight(k));
  let weighted = work(value * weight);
  let heard = voice(value, weighted);
  let share = select(select(0.0, 1.0, DIVISOR == 2.0), weight, DIVISOR == 1.0);
  return Election(
    held.vote + ballot(heard),
    join(held.plus, heard > vec4f(), weighted, share),
    join(held.minus, heard < vec4f(), weighted, share),
  );
}

fn join(camp: Camp, agrees: vec4<bool>, weighted: vec4f, share: f32) -> Camp {
  return Camp(
    camp.sum + select(vec4f(), weighted, agrees),
    camp.divisor + select(vec4f(), vec4f(share), agrees),
  );
}

// The merged change: the mean of the winning camp, zero where nobody wins. Where the agreeing weights
// cancel, and where nothing divides, the divisor is zero and the sum stays as it is.
fn disjoint_mean(held: Election) -> vec4f {
  let vote = verdict(work(held.vote));
  let plus = elects_plus(vote);
  let sum = work(select(held.minus.sum, held.plus.sum, plus));
  let divisor = work(select(held.minus.divisor, held.plus.divisor, plus));
  let whole = (divisor == vec4f()) | (divisor == vec4f(1.0));
  let mean = select(work(sum / select(divisor, vec4f(1.0), whole)), sum, whole);
  // A vote of NaN elects nobody and is no zero either: compiled for a CPU, it has to stay NaN.
  let nobody = select(vec4f(), vote, vote != vote);
  return select(nobody, mean, plus | elects_minus(vote));
}
