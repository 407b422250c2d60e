import type { Role } from '../formats/beside.ts';
import type { Model } from '../formats/model.ts';
import type { Arithmetic } from '../methods/dialect.ts';
import { resolveArithmetic } from '../methods/dialect.ts';
import type { MergeMethod } from '../methods/method.ts';
import { expertValues, globalValues, type ValuesByKey } from '../recipe/defaults.ts';
import type { ModelRef, Recipe, Slice } from '../recipe/recipe.ts';
import { type Adapted, adaptedTo, baseOfAdapters, withRest } from './adapted.ts';
import { withLentHeads } from './lent-heads.ts';
import { type Named, nameTensors } from './names/rename.ts';
import type { Tensors } from './names/tensors.ts';
import { type Stack, type StackMember, stackOf } from './stack/stack.ts';
import type { Tokens } from './tokens/voices.ts';

export type Participant = {
  /** Position among the recipe's experts. */
  readonly ordinal: number;
  readonly ref: ModelRef;
  readonly model: Model;
  /** Its tensors under the output's names: after renames, and at their layers there. */
  readonly tensors: Tensors;
  /** The same before layers are rearranged; of an adapter those that it reaches. */
  readonly unstacked: Tensors;
  /** What renames came to. */
  readonly named: Named;
  /** How its updates meet the reference; null for a model of weights. */
  readonly adapted: Adapted | null;
  /** Per-model parameters before rules. */
  readonly values: ValuesByKey;
};

/** Who takes part in a merge, and the values that hold before rules. */
export type Participants = {
  readonly recipe: Recipe;
  readonly method: MergeMethod;
  readonly arithmetic: Arithmetic;
  readonly global: ValuesByKey;
  readonly experts: readonly Participant[];
  /** Null when the method does not compute with a base. */
  readonly base: Model | null;
  /** The base that the recipe names, whether or not its method computes with it. */
  readonly namedBase: Model | null;
  /**
   * Whose names, shapes and side files the output takes: the base, or the first expert where neither the
   * method nor an adapter, read or written, needs one.
   */
  readonly reference: Model;
  /** Set where the recipe stacks slices. */
  readonly stack: Stack | null;
  /** The output's tensors as far as the reference, or the leader of a slice, has them. */
  readonly output: Tensors;
  /** Whose small files the output takes. */
  readonly donors: Readonly<Record<Role, Model>>;
  /** Set once every model is rebuilt to the tokens of the output. */
  readonly tokens: Tokens | null;
};

/**
 * Whether the method computes with a base under these values. Of the methods that can do without,
 * SLERP needs one when it turns task vectors; its parameter `of` says so.
 */
export function usesBase(method: MergeMethod, global: ValuesByKey): boolean {
  const { base } = method.arity;
  return base === 'required' || (base === 'optional' && global['of'] === 'taskVectors');
}

/** Puts recipe and open models together; null while a model it needs is missing. */
export function participantsOf(
  recipe: Recipe,
  method: MergeMethod,
  given: ReadonlyMap<string, Model>,
): Participants | null {
  const models = withLentHeads(recipe, given);
  const global = globalValues(recipe, method);
  const open = recipe.experts.map((expert) => models.get(expert.model.id));
  const needsBase = usesBase(method, global);
  const own = recipe.base ? (models.get(recipe.base.id) ?? null) : null;
  const base = needsBase ? own : null;
  const hasAdapter = open.some((model) => model?.adapter);
  const alone = recipe.output.as === 'adapter' && !recipe.base ? baseOfAdapters(open) : null;
  const isOnBase = needsBase || hasAdapter || (recipe.output.as === 'adapter' && own !== null);
  const reference = alone ?? (isOnBase ? own : open[0]);
  if (open.length === 0 || !reference) return null;
  const experts: Participant[] = [];
  for (const [ordinal, expert] of recipe.experts.entries()) {
    const model = open[ordinal];
    if (!model) return null;
    const renames =
      model === reference ? [] : recipe.renames.filter((one) => one.model === expert.model.id);
    const adapted = adaptedTo(reference, model);
    const named = nameTensors(adapted?.tensors ?? model.tensors, renames, reference.tensors);
    const { tensors } = named;
    const values = expertValues(recipe, method, expert);
    const all = { tensors, unstacked: tensors, named, adapted, values };
    experts.push({ ordinal, ref: expert.model, model, ...all });
  }
  const arithmetic = resolveArithmetic(recipe.dialect, method.exceptions, recipe.arithmetic);
  const donorOf = (role: Role) => models.get(recipe.donors[role] ?? '') ?? reference;
  const donors = {
    config: donorOf('config'),
    tokenizer: donorOf('tokenizer'),
    chatTemplate: donorOf('chatTemplate'),
    generation: donorOf('generation'),
  };
  return stacked({
    ...{ recipe, method, arithmetic, global, experts, base, reference, donors },
    ...{ namedBase: own, stack: null, output: reference.tensors, tokens: null },
  });
}

/** With layers rearranged as the recipe says, from the tensors that models have before. */
export function stacked(who: Participants): Participants {
  const { reference, namedBase, experts, recipe } = who;
  const { slices } = recipe;
  if (slices === null) return { ...who, output: reference.tensors };
  const stack = stackOf(membersOf(reference, namedBase, experts, slices), slices);
  return {
    ...who,
    stack,
    experts: experts.map((each) => ({
      ...each,
      tensors: stack.ofModel.get(each.ref.id) ?? each.unstacked,
    })),
    output: stack.tensors,
  };
}

/** Whose layers are stacked, the base first; a base that is no source is none of them. */
function membersOf(
  reference: Model,
  base: Model | null,
  experts: readonly Participant[],
  slices: readonly Slice[],
): readonly StackMember[] {
  const isSource = (id: string) =>
    slices.some(({ sources }) => sources.some(({ model }) => model === id));
  const own = base && isSource(base.id) ? [{ ...base, host: null }] : [];
  const others = experts
    .filter(({ ref }) => ref.id !== base?.id)
    .map(({ ref, unstacked, adapted }) => ({
      id: ref.id,
      tensors: adapted ? withRest(adapted, reference) : unstacked,
      host: adapted && reference,
    }));
  return [...own, ...others];
}
