/** Answers what a page asks to see of a recipe, beside whatever merge is under way. */
import type { Model } from '../../formats/model.ts';
import type { Excerpt, Spot } from '../../methods/excerpt.ts';
import { findMethod } from '../../methods/registry.ts';
import { asTaskVectors } from '../../plan/as-task-vectors.ts';
import { decomposes } from '../../plan/decompositions.ts';
import type { Plan } from '../../plan/types.ts';
import type { Changes } from '../../views/changes.ts';
import type { Close, Patch, Square, ToFetch } from '../../views/close.ts';
import type { ConflictMap } from '../../views/conflict-map.ts';
import type { Difference } from '../../views/difference.ts';
import type { Outcome } from '../../views/outcome.ts';
import type { Survival } from '../../views/survival.ts';
import type { Sources } from '../library/sources.ts';
import type { PlanOrder } from '../protocol.ts';
import { changesOf } from './changes.ts';
import { closeUp, measured, patchOf } from './closer.ts';
import { knowsChanges } from './deltas.ts';
import { differenceBytes, differenceOf } from './difference.ts';
import { excerptOf } from './excerpt.ts';
import type { Eye } from './eye.ts';
import { farBytes } from './far.ts';
import type { TwoPlans } from './merged-samples.ts';
import { outcome } from './outcome.ts';
import { Samples } from './sample.ts';
import { ballotOf, modelMagnitudes, scan, scanBytes } from './scan.ts';
import { Shared } from './shared.ts';
import { onlyMerged, type Subject, subjectsOf } from './subjects.ts';
import { survivalOf } from './survival.ts';
import type { Tools } from './tools.ts';

/** Bytes of samples that are kept, and that one read may hold. */
const mostSamples = 2 ** 26;
const budget = 2 ** 27;
const noSampleTells =
  'The method takes whole matrices apart, so no sample tells what it leaves. Merge, then compare the models.';

/** What the report of a run looks at: about a second. */
const mostOfReport = { tensors: 512, values: 2 ** 20 };

type Seen = { readonly subject: Subject; readonly eyes: readonly Eye[] };

export class Viewer {
  readonly #plan: (order: PlanOrder) => Plan | null;
  readonly #sources: Sources;
  readonly #samples = new Samples(mostSamples);
  /** The tensor that was looked at last, as its method sees it. */
  #seen: Shared<Seen> | null = null;
  #seenOf = '';
  /** By the plan as task vectors. */
  readonly #beside = new WeakMap<Plan, { readonly plan: Plan; readonly seen: Plan }>();

  /** `plan` gives null where a recipe cannot be merged. */
  constructor(sources: Sources, plan: (order: PlanOrder) => Plan | null) {
    this.#sources = sources;
    this.#plan = plan;
  }

  /** Other models are open under names that were known. */
  forget(): void {
    this.#samples.forget();
    this.#seen = null;
    this.#seenOf = '';
  }

  /**
   * Null where the recipe cannot be merged, or no change is known. What would come over the network is told
   * instead, unless `fetches`. A coarse look takes a part of the sample.
   */
  conflicts(
    order: PlanOrder,
    fetches: boolean,
    signal: AbortSignal,
    tell?: Tools['tell'],
    isCoarse = false,
  ): Promise<ConflictMap | ToFetch | null> {
    const tools = { ...this.#tools(signal, tell), isCoarse };
    return this.#sampled(order, tools, ({ seen }) => scan(seen, namesOf(order), tools), fetches);
  }

  /** Null where the recipe cannot be merged, or no change is known; never fetches, nor do the next two. */
  changes(
    order: PlanOrder,
    tensor: string | null,
    signal: AbortSignal,
    tell?: Tools['tell'],
  ): Promise<Changes | ToFetch | null> {
    const tools = this.#tools(signal, tell);
    return this.#sampled(order, tools, ({ seen }) =>
      changesOf(seen, namesOf(order), tensor, tools),
    );
  }

  survival(
    order: PlanOrder,
    signal: AbortSignal,
    tell?: Tools['tell'],
  ): Promise<Survival | ToFetch | null> {
    const tools = this.#tools(signal, tell);
    return this.#sampled(order, tools, (plans) => {
      if (decomposes(plans.plan)) throw new Error(noSampleTells);
      return survivalOf(plans, namesOf(order), tools);
    });
  }

  outcome(
    order: PlanOrder,
    signal: AbortSignal,
    tell?: Tools['tell'],
  ): Promise<Outcome | ToFetch | null> {
    const tools = this.#tools(signal, tell);
    return this.#sampled(order, tools, async (plans) =>
      decomposes(plans.plan) ? null : outcome(plans, order.recipe.experts.length, tools),
    );
  }

  /**
   * For the report of a run, from a sample of some of the tensors; null where no change is known, and where anything would
   * have to be fetched once more.
   * @param magnitudes by expert, where the run measured one trim threshold for the whole model
   */
  async survivalOfRun(
    plan: Plan,
    order: PlanOrder,
    magnitudes: readonly number[] | null,
    signal: AbortSignal,
  ): Promise<Survival | null> {
    const seen = decomposes(plan) ? null : (this.#plans(order)?.seen ?? null);
    const tools = { ...this.#tools(signal), samples: new Samples(mostSamples) };
    if (seen === null || scanBytes(seen, tools) > 0) return null;
    return survivalOf({ plan, seen }, namesOf(order), tools, { most: mostOfReport, magnitudes });
  }

  /** Two open models beside each other, whatever the recipe. */
  async difference(
    first: Model,
    second: Model,
    { tensor, fetches }: { readonly tensor: string | null; readonly fetches: boolean },
    signal: AbortSignal,
    tell?: Tools['tell'],
  ): Promise<Difference | ToFetch> {
    const tools = this.#tools(signal, tell);
    const toFetch = fetches ? 0 : differenceBytes(first, second, tools);
    return toFetch > 0 ? { toFetch } : differenceOf(first, second, tensor, tools);
  }

  /** Null where the recipe cannot be merged, no change is known, or there is no such tensor. */
  async tensor(
    order: PlanOrder,
    tensor: string,
    fetches: boolean,
    signal: AbortSignal,
  ): Promise<Close | ToFetch | null> {
    const toFetch = fetches ? 0 : this.#bytesOf(order, tensor, signal);
    if (toFetch > 0) return { toFetch };
    const seen = await this.#see(order, tensor, signal);
    if (seen === null) return null;
    const ballot = ballotOf(seen.arithmetic);
    const tools = this.#tools(signal);
    return closeUp(seen.subject, seen.eyes, namesOf(order), ballot, tools);
  }

  async patch(
    order: PlanOrder,
    tensor: string,
    square: Square,
    signal: AbortSignal,
  ): Promise<Patch | null> {
    const seen = await this.#see(order, tensor, signal);
    if (seen === null) return null;
    return patchOf(seen.subject, seen.eyes, namesOf(order), square, this.#tools(signal));
  }

  /** Null where nothing is to be shown, and where something would come over the network that may not. */
  async excerpt(
    order: PlanOrder,
    at: Spot | null,
    fetches: boolean,
    signal: AbortSignal,
  ): Promise<Excerpt | null> {
    const plan = this.#plans(order)?.seen ?? null;
    const tools = this.#tools(signal);
    if (plan === null || (!fetches && scanBytes(plan, tools) > 0)) return null;
    return excerptOf(plan, at, tools);
  }

  /** The plan, and it as one of changes; null where it merges weights as they are, and what changed is not known. */
  #plans(order: PlanOrder): TwoPlans | null {
    const recipe = asTaskVectors(order.recipe);
    const plan = this.#plan(order);
    const other = recipe === order.recipe ? plan : this.#plan({ ...order, recipe });
    if (plan === null || other === null) return null;
    const seen = other === plan ? plan : this.#seenBeside(other, plan);
    return knowsChanges(seen) ? { plan, seen } : null;
  }

  /** A look at the samples of a plan; bytes where some would have to be fetched first. */
  async #sampled<T>(
    order: PlanOrder,
    tools: Tools,
    look: (plans: TwoPlans) => Promise<T>,
    fetches = false,
  ): Promise<T | ToFetch | null> {
    const plans = this.#plans(order);
    if (plans === null) return null;
    const toFetch = fetches ? 0 : scanBytes(plans.seen, tools);
    return toFetch > 0 ? { toFetch } : look(plans);
  }

  /** The same for the same: samples and selections are known by it. */
  #seenBeside(other: Plan, plan: Plan): Plan {
    const known = this.#beside.get(other);
    if (known?.plan === plan) return known.seen;
    const seen = onlyMerged(other, plan);
    this.#beside.set(other, { plan, seen });
    return seen;
  }

  /** Bytes over the network that all of a tensor is. */
  #bytesOf(order: PlanOrder, tensor: string, signal: AbortSignal): number {
    const plan = this.#plans(order)?.seen ?? null;
    const subject = plan && subjectsOf(plan).find((each) => each.tensor === tensor);
    const tools = this.#tools(signal);
    return (subject?.merges ?? []).reduce(
      (sum, { merge }) => sum + farBytes(merge, [[0, merge.elementCount]], tools),
      0,
    );
  }

  async #see(order: PlanOrder, tensor: string, signal: AbortSignal) {
    const plan = this.#plans(order)?.seen ?? null;
    const subject = plan && subjectsOf(plan).find((each) => each.tensor === tensor);
    if (!plan || !subject) return null;
    const { arithmetic } = plan;
    const of = JSON.stringify([order.recipe, tensor]);
    if (this.#seen === null || this.#seenOf !== of || this.#seen.isGivenUp) {
      const measuring = new Shared((until) => this.#measure(plan, subject, until));
      this.#seenOf = of;
      this.#seen = measuring;
      measuring.whenFailed(() => {
        if (this.#seen === measuring) this.#seen = null;
      });
    }
    const seen = await this.#seen.wait(signal);
    return { ...seen, arithmetic };
  }

  async #measure(plan: Plan, subject: Subject, signal: AbortSignal): Promise<Seen> {
    const tools = this.#tools(signal);
    const method = findMethod(plan.method)!;
    const magnitudes = await modelMagnitudes(plan, tools);
    const lens = { method, arithmetic: plan.arithmetic, magnitudes };
    const eyes: Eye[] = [];
    for (const { merge } of subject.merges) {
      eyes.push(await measured(subject, merge, lens, tools));
    }
    return { subject, eyes };
  }

  #tools(signal: AbortSignal, tell?: Tools['tell']): Tools {
    const tools = { sources: this.#sources, samples: this.#samples, budget, signal };
    return tell ? { ...tools, tell } : tools;
  }
}

function namesOf({ recipe }: PlanOrder): readonly string[] {
  return recipe.experts.map(({ model }) => model.name);
}
