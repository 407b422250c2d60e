// TIES step 2: the models elect a sign at every position, by mass or by count (Yadav et al. 2023,
// section 3.2), or only where all want the same. The rules come from coefficients, but are constants of the pipeline.

#constant ELECT_WEIGHTED electWeighted
#constant BY_FREQUENCY byFrequency
#constant UNANIMOUS unanimous
#constant EVEN_IS_PLUS evenIsPlus

// Whether the election sees weighted values.
override ELECT_WEIGHTED: f32 = 1.0;
// Whether it counts heads instead of adding values up.
override BY_FREQUENCY: f32 = 0.0;
// Whether a sign that not all models want is not elected; heads are counted then.
override UNANIMOUS: f32 = 0.0;
// Whether an even vote elects plus; if not, nobody.
override EVEN_IS_PLUS: f32 = 0.0;

// What a model says in the election.
fn voice(value: vec4f, weighted: vec4f) -> vec4f {
  return select(value, weighted, ELECT_WEIGHTED == 1.0);
}

// What that counts.
fn ballot(heard: vec4f) -> vec4f {
  return select(heard, sign(heard), BY_FREQUENCY == 1.0);
}

// What a vote comes to: nothing where it had to be unanimous and is not.
fn verdict(vote: vec4f) -> vec4f {
  let divided = vec4<bool>(UNANIMOUS == 1.0) & (abs(vote) < vec4f(f32(MODELS)));
  return select(vote, vec4f(), divided);
}

fn elects_plus(vote: vec4f) -> vec4<bool> {
  return (vote > vec4f()) | ((vote == vec4f()) & vec4<bool>(EVEN_IS_PLUS == 1.0));
}

fn elects_minus(vote: vec4f) -> vec4<bool> {
  return vote < vec4f();
}
