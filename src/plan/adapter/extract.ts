/**
 * Updates taken from whole weights: what a merge makes of a weight, less the base's. Whatever the merge, it has
 * full rank, and is cut to one by its singular values.
 */
import type { TensorEntry } from '../../formats/model.ts';
import type { Style } from '../../lora/name/naming.ts';
import { isFloatDtype } from '../../numerics/dtype.ts';
import type { Extraction } from '../../recipe/recipe.ts';
import { placeOf } from '../groups.ts';
import { makeJobs, planeOf, type UnplacedJob } from '../jobs.ts';
import { type Match, type Matching, matchTensors } from '../match.ts';
import type { Participants } from '../participants.ts';
import { withTwins } from '../twins.ts';
import type { MergePart, Spectra } from '../types.ts';
import { cutOf } from './factors.ts';
import { alphaOf, jobOf } from './jobs.ts';
import type { Kind, Module, NamedModule, PlannedModule } from './modules.ts';
import { type Named, namedIn } from './named.ts';
import { type Saved, savedWith } from './saved.ts';
import { sidesOf } from './sides.ts';

/** A tensor that the merge has a say in, and that is not in the adapter. */
export type LeftOut = { readonly name: string; readonly isPart: boolean };

export type Extracted = {
  readonly matching: Matching;
  /** Weights whose update is taken, before they have a name in the file. */
  readonly found: readonly Module[];
  readonly named: Named;
  readonly modules: readonly PlannedModule[];
  /** Tensors that are written whole, and the modules they make up. */
  readonly saved: Saved;
  readonly leftOut: readonly LeftOut[];
};

/** Of all weights but those in `done`, which are updates already. */
export function extract(
  who: Participants,
  done: ReadonlySet<string>,
  style: Style,
  spectra: Spectra | null,
): Extracted {
  const matching = matchTensors(who);
  // Rounded once, when the factors are written.
  const output = { ...who.recipe.output, dtype: 'F32' } as const;
  const precise = { ...who, recipe: { ...who.recipe, output } };
  const exact = withTwins(makeJobs(precise, matching), precise, matching);
  const weights = new Map<string, Weight>();
  const others: Match[] = [];
  for (const [i, match] of matching.matches.entries()) {
    const { entry, meetings, kept } = match;
    if (done.has(entry.name) || kept !== null || meetings.length === 0) continue;
    const module = isSaved(who, entry.name) ? null : moduleOf(who, entry);
    const [part, ...rest] = exact[i].parts;
    const isWhole = part?.kind === 'merge' && rest.length === 0;
    if (module && isWhole) weights.set(entry.name, { module, entry, job: exact[i], merge: part });
    else others.push(match);
  }
  const found = [...weights.values()].map(({ module }) => module);
  const named = namedIn(style, who, found);
  const modules = named.modules.map((module) =>
    planned(who, module, weights.get(module.name)!, style, spectra),
  );
  const targets = new Set([...done, ...weights.keys()].map(ownerOf));
  const saved = savedWith(who, matching, others, (match) => {
    return style === 'PEFT' && !targets.has(ownerOf(match.entry.name)) && isWanted(who, match);
  });
  const written = new Set(saved.jobs.map(({ tensor }) => tensor));
  const leftOut = others
    .filter(({ entry }) => !written.has(entry.name))
    .map(({ entry: { name } }) => ({ name, isPart: targets.has(ownerOf(name)) }));
  return { matching, found, named, modules, saved, leftOut };
}

/** One whose update is taken, and how it is merged. */
type Weight = {
  readonly module: Module;
  readonly entry: TensorEntry;
  readonly job: UnplacedJob;
  readonly merge: MergePart;
};

function planned(
  who: Participants,
  module: NamedModule,
  { entry, job: { twin }, merge }: Weight,
  style: Style,
  spectra: Spectra | null,
): PlannedModule {
  const { rank: rule, dtype: asked } = who.recipe.output;
  const spectrum = spectra?.get(module.name) ?? null;
  const { how, rank, isKnown } = cutOf(module, false, rule, spectrum);
  const minus = planeOf(who.reference.id, entry, 0, merge.elementCount, 'F32');
  const stored = isFloatDtype(entry.dtype) ? entry.dtype : 'F32';
  const parts = { how, rank, merge, weights: null, minus, balance: 'even', clamp: null } as const;
  const dtype = asked === 'base' ? stored : asked;
  // Noise is that of the name that the model's own is taken from.
  const noise = twin ? { twin: { of: twin.of, likewise: null } } : {};
  const sides = sidesOf(module, rank, style).map((side) => ({
    ...jobOf(side, module, parts, dtype),
    ...noise,
  }));
  const jobs = style === 'kohya' ? [...sides, alphaOf(module, rank)] : sides;
  return { module, how, rank, isKnown, merge, weights: null, jobs };
}

/** A weight as a module of the adapter; null where it is none of the parts that were asked for. */
function moduleOf({ recipe, reference }: Participants, entry: TensorEntry): Module | null {
  const { name, shape } = entry;
  const [rows, columns, ...kernel] = shape;
  if (!name.endsWith('.weight') || shape.length < 2 || shape.includes(0)) return null;
  // Of a convolution whose channels are apart, an update is no product of two convolutions.
  if (kernel.length > 3 || (kernel.length > 0 && columns === 1 && rows > 1)) return null;
  const kind = kindIn(reference.config, name, kernel);
  if (!recipe.extraction.parts.includes(partOf(name, kind))) return null;
  const wide = kernel.reduce((size, each) => size * each, columns);
  return { name, rows, columns: wide, kernel, changes: [], kind };
}

/** An input embedding is one by its own name, not by that of what it lies in: `time_embedding.linear_1` is none. */
const EMBEDDING = /(?:^|_)embed(?:ding)?s?$|(?:^|\.)embed_\w+$|^(?:wte|wpe|shared|emb)$/i;
const CONV1D = /\.(?:c_attn|c_proj|c_fc|q_attn)\.weight$/;

function kindIn(
  config: Participants['reference']['config'],
  name: string,
  kernel: readonly number[],
): Kind {
  if (kernel.length > 0) return 'convolution';
  const leaf = name.split('.').at(-2) ?? '';
  if (EMBEDDING.test(leaf)) return 'embedding';
  // GPT-2's own layers lie inputs × outputs.
  return config?.['model_type'] === 'gpt2' && CONV1D.test(name) ? 'fan in' : 'linear';
}

function partOf(name: string, kind: Kind): Extraction['parts'][number] {
  if (kind === 'convolution') return 'convolutions';
  if (kind === 'embedding') return 'embeddings';
  const { group } = placeOf(name);
  return group === 'attention' || group === 'mlp' || group === 'head' ? group : 'other';
}

/** What an adapter has whole stays whole. */
function isSaved({ experts }: Participants, name: string): boolean {
  return experts.some(({ adapted }) => adapted?.pairing.saved.some((one) => one.tensor === name));
}

function isWanted(who: Participants, { entry: { name, shape } }: Match): boolean {
  const { rest } = who.recipe.extraction;
  if (rest === 'write all' || isSaved(who, name)) return true;
  return rest === 'write vectors' && shape.length === 1;
}

/** The module that a tensor is a parameter of. */
export function ownerOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}
