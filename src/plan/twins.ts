/**
 * Embeddings and heads that may be one matrix under two names. transformers writes a tied head beside its
 * embedding when it is handed a state dict (LlamaFactory #10560), and its version 5 loads the two untied
 * once they differ. So what is equal before a merge has to be equal after it.
 */
import { isComputed, type Model, type StoredTensor, type TensorEntry } from '../formats/model.ts';
import type { UnplacedJob } from './jobs.ts';
import type { Match, Matching } from './match.ts';
import type { NamedTensor } from './names/tensors.ts';
import type { Participants } from './participants.ts';
import { formulaKey } from './planes.ts';
import { rememberLast } from './remember.ts';
import type { Part, Span, Twin } from './types.ts';
import { isInputEmbedding, isVocabularyHead } from './vocabulary.ts';

/**
 * By name of the follower, the embedding of the same shape and dtype that it may be: heads, further
 * embeddings of an encoder and decoder, and the bias of a head that is stored twice.
 */
export function twinsOf({ tensors }: Model): ReadonlyMap<string, string> {
  return remembered(tensors, [], () => twinsAmong(tensors));
}

const remembered = rememberLast<ReadonlyMap<string, string>>();

function twinsAmong(tensors: Model['tensors']): ReadonlyMap<string, string> {
  const twins = new Map<string, string>();
  const matrices = [...tensors.values()].filter(
    ({ name, shape }) => shape.length === 2 && (isInputEmbedding(name) || isVocabularyHead(name)),
  );
  const embeddings = matrices.filter(({ name }) => isInputEmbedding(name));
  for (const entry of matrices) {
    const leader =
      embeddings.find((one) => one.name.endsWith('shared.weight') && isAlike(one, entry)) ??
      embeddings.find((one) => isAlike(one, entry));
    if (leader && leader !== entry) twins.set(entry.name, leader.name);
  }
  for (const entry of tensors.values()) {
    const leader = tensors.get(entry.name.replace(/\.decoder\.bias$/, '.bias'));
    if (leader && leader !== entry && isAlike(leader, entry)) twins.set(entry.name, leader.name);
  }
  return twins;
}

function isAlike(a: TensorEntry, b: TensorEntry): boolean {
  return a.dtype === b.dtype && String(a.shape) === String(b.shape);
}

/**
 * The same jobs, with twins told of each other. A follower takes its leader's noise. Where rules merge the
 * two in different ways, it carries the leader's parts as well, for the run to take when all models turn
 * out to hold the same bytes under both names.
 */
export function withTwins(
  jobs: readonly UnplacedJob[],
  { reference }: Participants,
  { matches }: Matching,
): readonly UnplacedJob[] {
  const twins = twinsOf(reference);
  if (twins.size === 0) return jobs;
  const byName = new Map(jobs.map((job) => [job.tensor, job]));
  const matchOf = new Map(matches.map((match) => [match.entry.name, match]));
  return jobs.map((job) => {
    const of = twins.get(job.tensor);
    const leader = of === undefined ? undefined : byName.get(of);
    // Another model's task head may have taken the leader's place.
    if (of === undefined || leader === undefined) return job;
    const pairs = pairsOf(reference, matchOf.get(job.tensor)!, matchOf.get(of)!);
    const differ = pairs !== null && wayOf(job.parts) !== wayOf(leader.parts);
    const twin: Twin = { of, likewise: differ ? { parts: leader.parts, pairs } : null };
    return { ...job, twin };
  });
}

/** Both tensors of every model; null when a model takes part in one of them only. */
function pairsOf(reference: Model, match: Match, leader: Match) {
  if (match.meetings.length !== leader.meetings.length) return null;
  const pairs = spanPairs(reference.id, match.entry, leader.entry);
  for (const [i, { expert, entry }] of match.meetings.entries()) {
    const other = leader.meetings[i];
    const own = spanPairs(expert.model.id, entry, other.entry);
    if (other.expert !== expert || pairs === null || own === null) return null;
    pairs.push(...own);
  }
  return pairs;
}

/** What has to be equal for two tensors to be: their bytes, or all that they are computed from alike. */
function spanPairs(model: string, a: NamedTensor, b: NamedTensor): [Span, Span][] | null {
  const formulaOf = (entry: NamedTensor) => isComputed(entry) && formulaKey(entry.formula);
  const spanOf = ({ model: owner, file, begin, end }: StoredTensor): Span => {
    return { model: owner ?? model, file, begin, end };
  };
  const [own, others] = [a, b].map((entry) =>
    (isComputed(entry) ? entry.inputs : (entry.pieces ?? [entry])).map(spanOf),
  );
  if (formulaOf(a) !== formulaOf(b) || own.length !== others.length) return null;
  return own.map((span, i) => [span, others[i]]);
}

/** How parts are made, whatever they are made of, as comparable text. */
function wayOf(parts: readonly Part[]): string {
  return JSON.stringify(
    parts.map((part) =>
      part.kind === 'merge'
        ? [part.ordinals, part.elementCount, part.global, part.perModel, part.craft]
        : [part.kind],
    ),
  );
}
