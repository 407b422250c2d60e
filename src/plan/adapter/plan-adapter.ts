/** A merge of adapters that stays an adapter. */

import { type CardFacts, cardText } from '../card.ts';
import { checkMerges } from '../checks/effects.ts';
import { count, error, list, note, warning } from '../finding.ts';
import { layOutFiles } from '../layout.ts';
import type { Participant, Participants } from '../participants.ts';
import type { Finding, Job, OutputFile, Ranks, SideFile, Spectra } from '../types.ts';
import { checkExtracted } from './check-extracted.ts';
import { type Extracted, extract } from './extract.ts';
import { configsOf, metadataIn, stemOf } from './files.ts';
import { planModules } from './jobs.ts';
import { checkLimits } from './limits.ts';
import { type Beyond, type Module, modulesOf, type PlannedModule } from './modules.ts';
import { namedIn } from './named.ts';
import { readingOf } from './profile.ts';
import { checkProfile } from './profile-checks.ts';
import { quirksOf } from './quirks.ts';
import type { Saved } from './saved.ts';
import { styleFor } from './style.ts';
import { checkNames, checkSplit } from './unnamed.ts';

export type AdapterPlan = {
  readonly findings: readonly Finding[];
  readonly ranks: Ranks | null;
  readonly modules: readonly PlannedModule[];
  /** What is written whole beside them. */
  readonly saved: Saved | null;
};

/**
 * What becomes of each module, and what stands in the way. Adapters are merged as updates; where a model is
 * whole, or an adapter replaces weights or rescales them, the base is taken from what the merge makes of it.
 */
export function planAdapter(who: Participants, spectra: Spectra | null): AdapterPlan {
  const isOnBase = who.recipe.base !== null;
  const whole = who.experts.filter(({ adapted }) => adapted === null);
  if (whole.length > 0 && !isOnBase) {
    return { findings: [noBase(whole)], ranks: null, modules: [], saved: null };
  }
  const { modules: updated, beyond } = modulesOf(who.experts);
  const odd = new Set(beyond.flatMap(({ names }) => names));
  const isPlain = ({ name }: Module) => !isOnBase || (whole.length === 0 && !odd.has(name));
  const plain = updated.filter(isPlain);
  const done = new Set(plain.map(({ name }) => name));
  const style = styleFor(who);
  const named = namedIn(style, who, plain);
  const isExtracting = isOnBase && whole.length + odd.size > 0;
  const reading = readingOf(who);
  const refused = checkProfile(who, reading, named.modules, isExtracting ? [...odd] : null);
  if (refused.length > 0) return { findings: refused, ranks: null, modules: [], saved: null };
  const { planned: asUpdates, split } = planModules(who, reading, named.modules, style, spectra);
  const extracted = isExtracting ? extract(who, done, style, spectra) : null;
  const all = [...asUpdates, ...(extracted?.modules ?? [])];
  // Known only once it was measured; ranks that nobody measures keep modules that change nothing.
  const unchanged = all.filter(({ module }) => spectra?.get(module.name)?.energy === 0);
  const planned = all.filter((each) => !unchanged.includes(each));
  return {
    findings: [
      ...beyond.flatMap((each) => checkBeyond(each, extracted)),
      ...checkNames(who, plain, named),
      ...(extracted ? checkNames(who, extracted.found, extracted.named) : []),
      ...checkSplit(who, split),
      ...checkLimits(who, updated, asUpdates, isExtracting),
      ...(planned.length + named.unnamed.length + split.length === 0 ? [noUpdate(extracted)] : []),
      ...checkUnchanged(unchanged),
      ...checkValuesOf(who, planned),
      ...checkLoss(planned),
      ...checkStrength(who, asUpdates),
      ...(extracted ? checkExtracted(who, extracted) : []),
      ...quirksOf(who, reading, named.modules),
    ],
    ranks: ranksOf(planned),
    modules: planned,
    saved: extracted?.saved ?? null,
  };
}

function noBase(whole: readonly Participant[]): Finding {
  const names = whole.map(({ model }) => model.name);
  const are = names.length === 1 ? 'is a whole model' : 'are whole models';
  const message = `${list(names)} ${are}: an adapter holds what training changed of a base, and there is no base.`;
  const fixes = [{ kind: 'set-output-as', label: 'Write a model', value: 'model' }] as const;
  const advice = 'Choose the base that was trained, or write a model.';
  return error('adapter-of-models', message, advice, { fixes });
}

/** One file of weights with what its tools want beside it, its card, and the recipe. */
export function layOutAdapter(
  who: Participants,
  { modules, saved }: Pick<AdapterPlan, 'modules' | 'saved'>,
  metadata: Readonly<Record<string, string>>,
  facts: CardFacts,
): {
  readonly files: readonly OutputFile[];
  readonly jobs: readonly Job[];
  readonly sideFiles: readonly SideFile[];
} {
  const style = styleFor(who);
  const jobs = [...modules.flatMap((each) => each.jobs), ...(saved?.jobs ?? [])];
  const naming = { stem: stemOf(style, who.recipe), shardBytes: null };
  const said = { ...metadata, ...metadataIn(style, who, modules) };
  const layout = layOutFiles(jobs, () => naming, said);
  return {
    ...layout,
    sideFiles: [
      ...configsOf(style, who, modules, saved?.modules ?? []),
      { name: 'README.md', text: cardText(who, facts) },
      { name: 'amalgam-recipe.json', text: `${JSON.stringify(who.recipe, null, 2)}\n` },
    ],
  };
}

function checkBeyond(
  { expert, what, names: all }: Beyond,
  extracted: Extracted | null,
): readonly Finding[] {
  const held = [
    ...(extracted?.modules ?? []).map(({ module }) => module.name),
    ...(extracted?.saved.jobs ?? []).map(({ tensor }) => tensor),
  ];
  const names = all.filter((name) => !held.includes(name));
  if (names.length === 0) return [];
  const things = what === 'DoRA' ? 'DoRA weight' : what === 'bias' ? 'bias update' : what;
  const why =
    what === 'DoRA'
      ? 'whose magnitudes are of the base’s weights'
      : 'which are not low-rank updates of a weight';
  const message = `${expert.model.name} has ${count(names.length, things)} (${list(names)}), ${why}: an adapter cannot hold them.`;
  const fixes = [{ kind: 'set-output-as', label: 'Write a model', value: 'model' }] as const;
  const advice =
    what === 'bias' || extracted
      ? 'Write a model: there they count.'
      : 'Choose the base, from which they can be told, or write a model.';
  const details = { place: { model: expert.ref.id }, tensors: names, fixes };
  return [error('beyond-adapter', message, advice, details)];
}

/** Weights, densities and the like, after rules: what of them has no meaning is said as of a model. */
function checkValuesOf(who: Participants, planned: readonly PlannedModule[]): readonly Finding[] {
  if (planned.length === 0) return [];
  const merges = planned.map(({ module, merge }) => ({ tensor: module.name, part: merge }));
  return checkMerges(who, merges);
}

function ranksOf(planned: readonly PlannedModule[]): Ranks | null {
  const ranks = planned.map(({ rank }) => rank).toSorted((a, b) => a - b);
  if (ranks.length === 0) return null;
  return {
    modules: ranks.length,
    least: ranks[0],
    middle: ranks[Math.floor(ranks.length / 2)],
    most: ranks[ranks.length - 1],
    convolutions: planned.filter(({ module }) => module.kernel.length > 0).length,
    areKnown: planned.every(({ isKnown }) => isKnown),
  };
}

function checkUnchanged(unchanged: readonly PlannedModule[]): readonly Finding[] {
  if (unchanged.length === 0) return [];
  const names = unchanged.map(({ module }) => module.name);
  const message = `The merge changes nothing in ${count(names.length, 'weight')} (${list(names)}): they are not in the adapter.`;
  return [note('nothing-changed', message, 'Nothing to do.', { tensors: names })];
}

function noUpdate(extracted: Extracted | null): Finding {
  const message = extracted
    ? 'No weight of the parts that were chosen is merged, so the adapter would hold no update.'
    : 'The adapters change no weight, so there is nothing to write.';
  const advice = extracted
    ? 'Choose other parts under Output, or write a model.'
    : 'Choose adapters that hold updates.';
  return error('nothing-merged', message, advice);
}

/** One adapter by itself is converted or resized, and mostly to be as strong as it was. */
function checkStrength(
  { experts }: Participants,
  planned: readonly PlannedModule[],
): readonly Finding[] {
  const strengths = planned.map(({ weights }) => weights?.[0] ?? 1);
  const odd = strengths.find((each) => each !== 1);
  if (experts.length !== 1 || odd === undefined) return [];
  const message = `${experts[0].model.name} is written at ${Number(odd.toPrecision(4))} of its strength.`;
  const fixes = [
    { kind: 'set-method', label: 'Write it as it is', value: 'linear' } as const, // its own average
  ];
  return [warning('adapter-strength', message, 'Leave it, or write it as it is.', { fixes })];
}

/** Says where something is lost, before it is. */
function checkLoss(planned: readonly PlannedModule[]): readonly Finding[] {
  const dense = planned.filter(({ how }) => how === 'from the matrix');
  if (dense.length === 0) return [];
  const ranks = [...new Set(dense.map(({ rank }) => rank))].toSorted((a, b) => a - b);
  const span = ranks.length > 1 ? `${ranks[0]} to ${ranks[ranks.length - 1]}` : `${ranks[0]}`;
  return [
    note(
      'rank-cut',
      `This merge has full rank in ${count(dense.length, 'module')}; the adapter keeps rank ${span} of it. The result tells how much of each module’s energy that is.`,
      'A higher rank keeps more. A weighted sum (task arithmetic, linear average) is kept exactly; a model keeps all of any merge.',
      { tensors: dense.map(({ module }) => module.name) },
    ),
  ];
}
