/** A merge by token: every model as if it had the tokens of the output. */
import type { FormatError } from '../../formats/error.ts';
import type { Model } from '../../formats/model.ts';
import type { Tokenizer } from '../../formats/tokenizer/tokenizer.ts';
import type { ByToken } from '../../recipe/recipe.ts';
import { type Participant, type Participants, stacked } from '../participants.ts';
import { rememberLast } from '../remember.ts';
import { isInputEmbedding } from '../vocabulary.ts';
import { type RebuildFault, type Rebuilt, rebuild, tokenTensors } from './rebuild.ts';
import { fateOf, outputTokens, type Speaker, type Tokens } from './voices.ts';

/** By model id; absent where a model has no tokenizer.json, an error where it cannot be read. */
export type KnownTokenizers = ReadonlyMap<string, Tokenizer | FormatError>;

/** Why there is no merge by token. */
export type TokenFault =
  | { readonly kind: 'nothing to rebuild' }
  | { readonly kind: 'no such model'; readonly model: string }
  | { readonly kind: 'no tokenizer.json'; readonly model: Model; readonly files: readonly string[] }
  | { readonly kind: 'unread'; readonly model: Model; readonly error: FormatError }
  | ({ readonly kind: 'not rebuilt' } & RebuildFault);

export type Aligned = {
  readonly who: Participants;
  readonly tokens: Tokens | null;
  readonly faults: readonly TokenFault[];
};

/** The participants as they are, where the recipe does not merge by token or something stands in its way. */
export function alignTokens(who: Participants, known: KnownTokenizers): Aligned {
  const { vocabulary } = who.recipe;
  if (typeof vocabulary === 'string') return { who, tokens: null, faults: [] };
  const models = [who.reference, ...who.experts.map(({ model }) => model)];
  const made = remembered(
    who.reference.tensors,
    [
      JSON.stringify([vocabulary, who.recipe.base?.id, who.recipe.donors, who.recipe.inputDtype]),
      ...[who.base, ...models],
      ...who.experts.flatMap(({ unstacked, ref }) => [unstacked, ref.id]),
      ...models.map(({ id }) => known.get(id)),
    ],
    () => make(unstacked(who), vocabulary, known),
  );
  if (made.change === null) return { who, tokens: null, faults: made.faults };
  return { who: changed(who, made.change), tokens: made.change.tokens, faults: [] };
}

/** As they are before layers are rearranged, which rows by token do not depend on. */
function unstacked(who: Participants): Participants {
  if (who.stack === null) return who;
  const experts = who.experts.map((each) => ({ ...each, tensors: each.unstacked }));
  return { ...who, stack: null, experts, output: who.reference.tensors };
}

type Change = {
  readonly tokens: Tokens;
  /** Tensors of each model by its own names, and of each expert by those that they meet under. */
  readonly models: ReadonlyMap<Model, Model>;
  readonly tensors: readonly Participant['tensors'][];
  readonly adapted: readonly Participant['adapted'][];
};

type Made = { readonly change: Change | null; readonly faults: readonly TokenFault[] };

const remembered = rememberLast<Made>();

function make(who: Participants, choice: ByToken, known: KnownTokenizers): Made {
  const faults: TokenFault[] = [];
  const main = tokenTensors(who).find(({ name }) => isInputEmbedding(name)) ?? tokenTensors(who)[0];
  if (!main) return { change: null, faults: [{ kind: 'nothing to rebuild' }] };
  const { reference, experts, recipe } = who;
  const models = [...new Set([...experts.map(({ model }) => model), reference])];
  const baseModel = models.find(({ id }) => id === baseId(who)) ?? reference;
  const base = known.get(baseModel.id);
  if (base === undefined || base instanceof Error) {
    return { change: null, faults: [faultOf(baseModel, base)] };
  }
  const assumed: Model[] = [];
  const rowsOf = (model: Model) => {
    const expert = experts.find((one) => one.model === model);
    return (expert?.tensors.get(main.name) ?? main).shape[0];
  };
  const speakers = models.flatMap((model): readonly Speaker[] => {
    const rows = rowsOf(model);
    const own = known.get(model.id);
    // An adapter on the base's own rows speaks as the base does, whatever files lie beside it.
    const isOnBase = model.adapter !== null && rows === main.shape[0];
    if (isOnBase) return [{ model, tokenizer: base, rows }];
    if (own instanceof Error || (own === undefined && tokenizerFiles(model).length > 0)) {
      faults.push(faultOf(model, own));
      return [];
    }
    if (own === undefined) assumed.push(model);
    return [{ model, tokenizer: own ?? base, rows }];
  });
  if (typeof choice.tokens === 'object') {
    const { model } = choice.tokens;
    if (!models.some(({ id }) => id === model)) faults.push({ kind: 'no such model', model });
  }
  const baseSpeaker = speakers.find(({ model }) => model === baseModel);
  if (faults.length > 0 || !baseSpeaker) return { change: null, faults };
  const output = outputTokens(choice, baseSpeaker, speakers);
  const tokenizerOf = (id: string) =>
    speakers.find(({ model }) => model.id === id)?.tokenizer ?? null;
  const isNamed = recipe.base?.id === baseModel.id || recipe.donors.tokenizer === baseModel.id;
  const done = rebuild({
    ...{ who, choice, output: output.tokenizer, rows: output.rows },
    tokenizerOf: (model) => tokenizerOf(model.id)!,
    standIn: isNamed ? baseModel.id : null,
  });
  if (done.faults.length > 0) {
    return { change: null, faults: done.faults.map((one) => ({ kind: 'not rebuilt', ...one })) };
  }
  const tokens: Tokens = {
    ...output,
    own: tokenizerOf(output.from.id)!,
    fates: speakers.map((speaker) => fateOf(speaker, output.tokenizer)),
    assumed,
    tokenizerOf,
  };
  return { change: { tokens, ...replaced(who, done.rebuilt) }, faults: [] };
}

/** Whose tokens come first, and whose rows stand in: the base, or who gives the tokenizer where there is none. */
function baseId({ recipe, reference, experts, base }: Participants): string {
  const { tokenizer } = recipe.donors;
  const takesPart = experts.some(({ ref }) => ref.id === tokenizer);
  return base === null && tokenizer !== undefined && takesPart ? tokenizer : reference.id;
}

function faultOf(model: Model, error: FormatError | Tokenizer | undefined): TokenFault {
  if (error instanceof Error) return { kind: 'unread', model, error };
  return { kind: 'no tokenizer.json', model, files: tokenizerFiles(model) };
}

/** Vocabularies in files that are not read. */
function tokenizerFiles({ companions }: Model): readonly string[] {
  return companions
    .map(({ name }) => name)
    .filter((name) => /^(?:vocab\.\w+|.*\.(?:model|tiktoken|spm)|tekken\.json)$/.test(name));
}

function replaced({ reference, experts }: Participants, rebuilt: readonly Rebuilt[]) {
  const tensorsOf = new Map<Model, Map<string, Rebuilt['entry']>>();
  const byName = experts.map(({ tensors }) => new Map(tensors));
  for (const { expert, name, before, entry } of rebuilt) {
    const model = expert?.model ?? reference;
    if (expert) byName[experts.indexOf(expert)].set(name, entry);
    if (model.adapter !== null) continue;
    const own = tensorsOf.get(model) ?? new Map(model.tensors);
    tensorsOf.set(model, own);
    // A head that stands in under another name is no tensor of the model's own.
    if (
      own.get(before.name) === before &&
      (expert === null || expert.tensors.get(name) === before)
    ) {
      own.set(before.name, entry);
    }
  }
  const models = new Map(
    [...tensorsOf].map(([model, tensors]) => [model, { ...model, tensors }] as const),
  );
  const tensors = experts.map(({ model }, k) =>
    model === reference ? (models.get(model)?.tensors ?? byName[k]) : byName[k],
  );
  const adapted = experts.map(
    (expert, k) => expert.adapted && { ...expert.adapted, tensors: tensors[k] },
  );
  return { models, tensors, adapted };
}

function changed(who: Participants, { tokens, models, tensors, adapted }: Change): Participants {
  const now = (model: Model) => models.get(model) ?? model;
  const { recipe, donors } = who;
  const speaks = (role: 'chatTemplate' | 'generation') =>
    recipe.donors[role] === undefined ? tokens.from : donors[role];
  return stacked({
    ...who,
    reference: now(who.reference),
    base: who.base && now(who.base),
    namedBase: who.namedBase && now(who.namedBase),
    experts: who.experts.map((expert, k) => ({
      ...expert,
      model: now(expert.model),
      ...{ tensors: tensors[k], unstacked: tensors[k], adapted: adapted[k] },
    })),
    donors: {
      config: now(donors.config),
      tokenizer: now(tokens.from),
      chatTemplate: now(speaks('chatTemplate')),
      generation: now(speaks('generation')),
    },
    tokens,
  });
}
