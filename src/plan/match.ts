import { configFacts } from '../formats/config.ts';
import { elementCount, type Model, type TensorEntry } from '../formats/model.ts';
import { isFloatDtype } from '../numerics/dtype.ts';
import type { Keep } from '../recipe/recipe.ts';
import { untouched } from './adapted.ts';
import { placeOf, type TensorPlace } from './groups.ts';
import type { NamedTensor, Tensors } from './names/tensors.ts';
import type { Participant, Participants } from './participants.ts';
import { type Depths, depthsOf, keepNamed } from './resolve.ts';
import { headDonor, isTaskHead, taskHeadOf } from './task-head.ts';
import { hasTokenRows, isInputEmbedding, isVocabularyHead } from './vocabulary.ts';

/** One expert's tensor that meets one of the output's. */
export type Meeting = {
  readonly expert: Participant;
  readonly entry: NamedTensor;
  /** Set when the head is tied: the name of the embedding that stands in for it. */
  readonly tiedTo: string | null;
};

/** One tensor of the output, and what meets it. */
export type Match = {
  readonly entry: TensorEntry;
  readonly place: TensorPlace;
  /** In recipe order. Empty for tensors that are not floats. */
  readonly meetings: readonly Meeting[];
  /** Leading elements that everybody has; less than the tensor where vocabularies differ in rows. */
  readonly mergedCount: number;
  /** Set when a rule keeps the tensor as one model has it; then nothing meets. */
  readonly kept: Kept | null;
};

/** Whose tensor the output takes as it is. */
export type Kept = { readonly model: Model; readonly entry: NamedTensor; readonly rule: Keep };

/** Why a tensor of an expert cannot be merged with the one of that name. */
export type Clash = {
  readonly expert: Participant;
  readonly kind: 'shape' | 'not a float';
  readonly found: TensorEntry;
  readonly expected: TensorEntry;
};

export type ExpertMatching = {
  readonly expert: Participant;
  readonly missing: readonly string[];
  readonly extra: readonly string[];
};

export type Matching = {
  readonly matches: readonly Match[];
  readonly experts: readonly ExpertMatching[];
  readonly clashes: readonly Clash[];
  /** Tensors that a rule keeps from a model that lacks them. */
  readonly keptInVain: readonly { readonly rule: Keep; readonly tensor: string }[];
  readonly depths: Depths;
};

/**
 * Meets tensors by name. The reference's names and shapes decide the output. Integers and booleans
 * meet nobody: they are copied. Where rows are tokens, a different number of them is no clash. What a
 * rule keeps meets nobody either, and clashes with nobody. A task head that is kept is that of its model as
 * a whole, as far as no earlier rule decides: it comes with tensors that the reference lacks, and takes the
 * place of those it has.
 */
export function matchTensors(who: Participants): Matching {
  const { reference, experts } = who;
  const clashes: Clash[] = [];
  const missing = new Map<Participant, string[]>(experts.map((expert) => [expert, []]));
  const used = new Map<Participant, Set<string>>(experts.map((expert) => [expert, new Set()]));

  const keptInVain: { rule: Keep; tensor: string }[] = [];
  const head = givenHead(who);
  const wanted = [...who.output.values()].filter(({ name }) => !head.replaced.has(name));
  const sourcesOf = sourcesIn(who);
  const met = wanted.map((entry): Match => {
    const place = placeOf(entry.name);
    const meetings: Meeting[] = [];
    const odd: Clash[] = [];
    const lacking: Participant[] = [];
    for (const expert of sourcesOf(entry.name)) {
      used.get(expert)!.add(entry.name);
      const meeting = meet(expert, entry, reference);
      if (meeting === null && expert.adapted) continue;
      if (meeting === null) lacking.push(expert);
      else if (isFloatDtype(entry.dtype)) {
        const clash = clashOf(meeting, entry, reference);
        if (clash) odd.push({ expert, kind: clash, found: meeting.entry, expected: entry });
        else meetings.push(meeting);
      }
    }
    const rule = keepFor(who, entry, reference, odd.length > 0);
    if (rule) {
      const kept = keptBy(rule, entry, who);
      if (kept) return { entry, place, meetings: [], mergedCount: 0, kept };
      keptInVain.push({ rule, tensor: entry.name });
    } else clashes.push(...odd);
    for (const expert of lacking) missing.get(expert)!.push(entry.name);
    const all = who.stack ? meetings : withUntouched(who, entry, meetings);
    return { entry, place, meetings: all, mergedCount: sharedCount(entry, all), kept: null };
  });
  for (const { entry } of head.added) for (const names of used.values()) names.add(entry.name);
  const matches = [...met, ...head.added];

  return {
    matches,
    experts: experts.map((expert) => ({
      expert,
      missing: missing.get(expert)!,
      extra: [...expert.tensors.keys()].filter((name) => !used.get(expert)!.has(name)),
    })),
    clashes,
    keptInVain,
    depths: depthsOf(matches.map(({ place }) => place)),
  };
}

/** The experts that take part in a tensor of the output: all, or the sources of its slice. */
function sourcesIn({ experts, recipe, stack }: Participants) {
  if (stack === null || recipe.slices === null) return () => experts;
  const bySlice = recipe.slices.map(({ sources }) =>
    experts.filter(({ ref }) => sources.some(({ model }) => model === ref.id)),
  );
  return (name: string) => bySlice[stack.sliceOf.get(name) ?? 0];
}

/** Where an adapter leaves a tensor as it is and another model changes it, the adapter stands for the base. */
function withUntouched(
  { experts, reference }: Participants,
  entry: TensorEntry,
  meetings: readonly Meeting[],
): readonly Meeting[] {
  if (meetings.length === 0 || meetings.length === experts.length) return meetings;
  return experts.flatMap((expert) => {
    const own = meetings.find((meeting) => meeting.expert === expert);
    if (own || !expert.adapted) return own ?? [];
    return { expert, entry: untouched(reference, entry), tiedTo: null };
  });
}

/** Where another model's task head is kept: its tensors that the reference lacks, and names that give way. */
function givenHead(who: Participants) {
  const { reference } = who;
  const donor = headDonor(who);
  const head = donor ? taskHeadOf(donor) : [];
  const names = new Set(head.map(({ name }) => name));
  const ruleOf = (entry: TensorEntry, model: Model) => {
    const rule = keepFor(who, entry, model, false);
    return rule?.filter.kind === 'task head' ? rule : null;
  };
  const added = head.flatMap((entry): readonly Match[] => {
    const rule = donor && ruleOf(entry, donor.model);
    if (!rule || who.output.has(entry.name)) return [];
    const kept = { model: donor.model, entry: donor.tensors.get(entry.name)!, rule };
    return [{ entry, place: placeOf(entry.name), meetings: [], mergedCount: 0, kept }];
  });
  const own = head.length > 0 ? [...who.output.values()] : [];
  const replaced = own.filter((entry) => !names.has(entry.name) && ruleOf(entry, reference));
  return { added, replaced: new Set(replaced.map(({ name }) => name)) };
}

/** The rule that keeps a tensor of this model, or null when it is to be merged. */
function keepFor(
  { recipe }: Participants,
  entry: TensorEntry,
  model: Model,
  isMisfit: boolean,
): Keep | null {
  return keepNamed(recipe, entry.name, {
    isMisfit,
    isTaskHead: () => isTaskHead(entry.name, entry, model),
  });
}

/** Null when the model does not take part or lacks the tensor. */
function keptBy(rule: Keep, entry: TensorEntry, who: Participants): Kept | null {
  const { from } = rule;
  if (from.kind !== 'model' || from.model === who.reference.id) {
    return { model: who.reference, entry, rule };
  }
  const expert = who.experts.find(({ ref }) => ref.id === from.model);
  const own = expert?.tensors.get(entry.name);
  return expert && own ? { model: expert.model, entry: own, rule } : null;
}

/** The expert's tensor that meets one of the reference; of a tied head its embedding. */
export function meet(expert: Participant, entry: TensorEntry, reference: Model): Meeting | null {
  const own = expert.tensors.get(entry.name);
  if (own) return { expert, entry: own, tiedTo: null };
  // Heads of tasks, and what a head of tokens has besides its rows, are nobody's embedding.
  const isOfTokens = isVocabularyHead(entry.name) && hasTokenRows(entry.name, entry, reference);
  if (!isOfTokens || !(ties(expert.model) ?? isTied(reference))) return null;
  const embedding = inputEmbedding(expert.unstacked, entry);
  return embedding && { expert, entry: embedding, tiedTo: embedding.name };
}

/** Whether config.json says that the output head is the input embedding. */
export function isTied(model: Model): boolean {
  return ties(model) === true;
}

/** Null where nothing says whether the head is the embedding: weights without a config, an unknown architecture. */
function ties({ config }: Model): boolean | null {
  return config && configFacts(config).tiesEmbeddings;
}

function inputEmbedding(tensors: Tensors, head: TensorEntry): NamedTensor | null {
  for (const [name, tensor] of tensors) {
    const { shape } = tensor;
    const fits = isInputEmbedding(name) && shape.length === 2 && shape[1] === head.shape[1];
    if (fits) return tensor;
  }
  return null;
}

function clashOf({ expert, entry }: Meeting, expected: TensorEntry, reference: Model) {
  if (!isFloatDtype(entry.dtype)) return 'not a float';
  if (sameShape(entry.shape, expected.shape)) return null;
  const sameRows =
    entry.shape.length === expected.shape.length &&
    expected.shape.length > 0 &&
    sameShape(entry.shape.slice(1), expected.shape.slice(1));
  const tokens =
    hasTokenRows(expected.name, expected, reference) &&
    hasTokenRows(expected.name, entry, expert.model);
  return sameRows && tokens ? null : 'shape';
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function sharedCount(entry: TensorEntry, meetings: readonly Meeting[]): number {
  const counts = meetings.map((meeting) => elementCount(meeting.entry.shape));
  return Math.min(elementCount(entry.shape), ...counts);
}
