/** Finds the renames under which an expert's tensors meet those of the base, from names and shapes. */
import { elementCount, type TensorEntry } from '../../formats/model.ts';
import { isFloatDtype } from '../../numerics/dtype.ts';
import type { Rename } from '../../recipe/recipe.ts';
import { placeOf } from '../groups.ts';
import { rememberLast } from '../remember.ts';
import { type Edit, editsBetween } from './edits.ts';
import { fusedRules } from './fused.ts';
import { catchIn, fill, patternOf } from './pattern.ts';
import { nameTensors } from './rename.ts';
import { nameFor, type Template, templatesOf } from './templates.ts';
import type { Tensors } from './tensors.ts';

export type Suggestion = {
  /** To be put in front of the renames that are there. */
  readonly renames: readonly Pick<Rename, 'from' | 'to'>[];
  /** What would meet: the expert's name and the base's. */
  readonly pairs: readonly (readonly [own: string, base: string])[];
  /** Elements of the base that would meet. */
  readonly elements: number;
  /** What cannot be mapped, by name, with the reason. */
  readonly refused: readonly string[];
};

type Wanted = {
  /** The expert's tensors by their own names. */
  readonly own: Tensors;
  readonly renames: readonly Rename[];
  readonly base: Tensors;
  /** Names of the base that nothing meets. */
  readonly missing: readonly string[];
  /** Names of the expert that meet nothing, after renames. */
  readonly extra: readonly string[];
};

const NOTHING: Suggestion = { renames: [], pairs: [], elements: 0, refused: [] };
/** Beyond so many kinds of names there is no scheme to find. */
const MOST_TEMPLATES = 1500;

const remembered = rememberLast<Suggestion>();

/**
 * Never a guess between two: where two mappings do equally well, neither is offered. Nothing that meets
 * already is renamed.
 */
export function suggestRenames(wanted: Wanted): Suggestion {
  const { own, renames, base, missing, extra } = wanted;
  if (missing.length === 0 || extra.length === 0) return NOTHING;
  const args = [base, ...renames, missing.length, ...missing, ...extra];
  return remembered(own, args, () => suggestAnew(wanted));
}

function suggestAnew({ own, renames, base, missing, extra }: Wanted): Suggestion {
  const free = templatesOf(own, extra);
  const lacking = templatesOf(base, missing);
  if (free.length > MOST_TEMPLATES || lacking.length > MOST_TEMPLATES) return NOTHING;
  const isFree = new Set(extra);
  const settled = templatesOf(
    own,
    [...own.keys()].filter((name) => !isFree.has(name)),
  );
  const fused = fusedRules(
    { templates: free, tensors: own },
    { templates: lacking, tensors: base },
  );
  const search = new Search(base, new Set(missing), lacking, free, settled);
  const found = [...fused.renames, ...search.run()];
  const result = verified(found, { own, renames, base, missing, extra });
  const refused = [...fused.refused, ...search.refused];
  return result ? { ...result, refused } : { ...NOTHING, refused };
}

/** Tries the renames as they would be used; null when they gain nothing or two names would fall together. */
function verified(found: readonly Pick<Rename, 'from' | 'to'>[], wanted: Wanted) {
  if (found.length === 0) return null;
  const made = found.map((rename, k): Rename => ({ ...rename, id: `found ${k}`, model: '' }));
  const named = nameTensors(wanted.own, [...made, ...wanted.renames], wanted.base);
  const before = nameTensors(wanted.own, wanted.renames, wanted.base);
  const lost = [...wanted.base.keys()].some(
    (name) => before.tensors.has(name) && !named.tensors.has(name),
  );
  if (lost || named.faults.length > before.faults.length) return null;
  const pairs = wanted.missing.flatMap((name): (readonly [string, string])[] => {
    const tensor = named.tensors.get(name);
    return tensor ? [[tensor.name, name]] : [];
  });
  const elements = pairs.reduce(
    (sum, [, name]) => sum + elementCount(wanted.base.get(name)!.shape),
    0,
  );
  const renames = found.filter((_, k) => named.used.has(`found ${k}`));
  return pairs.length > 0 ? { renames, pairs, elements } : null;
}

type Tried = {
  readonly edit: Edit;
  /** Templates of the expert, and the names of the base that their first ones would have. */
  readonly hits: ReadonlyMap<Template, string>;
  readonly elements: number;
};

/** Looks at one tensor of each template: the same layer under both names. */
class Search {
  readonly refused: string[] = [];
  /** What the chosen edits do. */
  private readonly claimed = new Map<Template, string>();

  constructor(
    private readonly base: Tensors,
    private readonly missing: ReadonlySet<string>,
    private readonly lacking: readonly Template[],
    private free: readonly Template[],
    private readonly settled: readonly Template[],
  ) {}

  /** The renames found, the more special first. */
  run(): readonly Pick<Rename, 'from' | 'to'>[] {
    const plain = this.choose(this.edits((name) => name));
    const prefixes = plain.filter(({ from, to }) => /^[^*]*\*$/.test(from) && to.endsWith('*'));
    const composed = prefixes.flatMap((prefix) => {
      const from = patternOf(prefix.from);
      const moved = (name: string) => {
        const caught = catchIn(from, name);
        return caught && fill(patternOf(prefix.to), caught);
      };
      const edits = this.edits(moved)
        .filter((edit) => edit.from.startsWith('*') && edit.to.startsWith('*'))
        .map((edit) => ({
          ...edit,
          from: prefix.from.slice(0, -1) + edit.from,
          to: prefix.to.slice(0, -1) + edit.to,
        }));
      return this.choose(edits);
    });
    const literal = ({ from }: Edit) => from.replaceAll('*', '').length;
    return [...composed, ...plain]
      .toSorted((a, b) => literal(b) - literal(a))
      .map(({ from, to }) => ({ from, to }));
  }

  /** For each template the edits to those of the base that it has most in common with. */
  private edits(moved: (name: string) => string | null): readonly Edit[] {
    const found = new Map<string, Edit>();
    for (const { names, first } of this.free) {
      const name = moved(names[0]);
      if (name === null) continue;
      const [template] = templatesOf(new Map([[name, first]]), [name]);
      let best: readonly Edit[] = [];
      for (const other of this.lacking) {
        if (other.numbers.length !== template.numbers.length) continue;
        const target = this.base.get(nameFor(other, template.numbers));
        if (!target || !this.missing.has(target.name) || !alike(first, target)) continue;
        const edits = editsBetween(template.parts, other.parts).filter(({ isWeak }) => !isWeak);
        const better = (edits[0]?.common ?? 0) - (best[0]?.common ?? 0);
        if (better > 0) best = edits;
        else if (better === 0) best = [...best, ...edits];
      }
      const known = best.filter(({ isKnown }) => isKnown);
      for (const edit of known.length > 0 ? known : best) {
        found.set(`${edit.from} ${edit.to}`, edit);
      }
    }
    return [...found.values()];
  }

  /** The edits that do most first; those that would have to be guessed between are left out. */
  private choose(edits: readonly Edit[]): readonly Edit[] {
    const chosen: Edit[] = [];
    let open = edits;
    while (open.length > 0) {
      const tried = open
        .map((edit) => this.attempt(edit))
        .filter((one) => one !== null)
        .toSorted((a, b) => b.elements - a.elements);
      const best = tried[0];
      if (!best) break;
      const rivals = tried.filter((other) => other !== best && rival(best, other));
      if (rivals.length > 0) {
        this.doubt([best, ...rivals]);
        const doubted = new Set([best, ...rivals].map(({ edit }) => edit));
        open = open.filter((edit) => !doubted.has(edit));
        const unclear = new Set([best, ...rivals].flatMap(({ hits }) => [...hits.keys()]));
        this.free = this.free.filter((template) => !unclear.has(template));
        continue;
      }
      chosen.push(best.edit);
      for (const [template, name] of best.hits) this.claimed.set(template, name);
      this.free = this.free.filter((template) => !best.hits.has(template));
      open = open.filter((edit) => edit !== best.edit);
    }
    return chosen;
  }

  /** What an edit would do; null when it does nothing, or harm. */
  private attempt(edit: Edit): Tried | null {
    const [from, to] = [patternOf(edit.from), patternOf(edit.to)];
    const renamed = (name: string) => {
      const caught = catchIn(from, name);
      return caught && fill(to, caught);
    };
    if (this.settled.some(({ names }) => renamed(names[0]) !== null)) return null;
    for (const [template, name] of this.claimed) {
      if ((renamed(template.names[0]) ?? name) !== name) return null;
    }
    const hits = new Map<Template, string>();
    const targets = new Set(this.claimed.values());
    let elements = 0;
    let odd = 0;
    for (const template of this.free) {
      const name = renamed(template.names[0]);
      const target = name === null ? undefined : this.base.get(name);
      if (!target) continue;
      if (targets.has(target.name) || !this.missing.has(target.name)) return null;
      targets.add(target.name);
      if (!alike(template.first, target)) odd += 1;
      else {
        hits.set(template, target.name);
        elements += template.elements;
      }
    }
    // A tensor or two of another shape among many is no other model.
    return hits.size === 0 || odd * 2 > hits.size ? null : { edit, hits, elements };
  }

  private doubt(tried: readonly Tried[]): void {
    const ways = tried.map(({ edit }) => `${edit.from} → ${edit.to}`);
    this.refused.push(`${ways.join(' or ')}: names and shapes do not tell which`);
  }
}

/** Whether two edits claim the same tensors for different names and do about equally well. */
function rival(best: Tried, other: Tried): boolean {
  if (other.elements < 0.9 * best.elements) return false;
  if (best.edit.isKnown && !other.edit.isKnown) return false;
  const sources = new Map([...best.hits].map(([template, name]) => [name, template]));
  for (const [template, name] of other.hits) {
    const same = best.hits.get(template);
    if (same !== undefined && same !== name) return true;
    const source = sources.get(name);
    if (source !== undefined && source !== template) return true;
  }
  return false;
}

/** Of one shape, or of one width where rows are tokens. */
function alike(own: TensorEntry, base: TensorEntry): boolean {
  if (isFloatDtype(own.dtype) !== isFloatDtype(base.dtype)) return false;
  if (own.shape.length !== base.shape.length) return false;
  const { group } = placeOf(base.name);
  const rows = (group === 'embeddings' || group === 'head') && base.shape.length === 2 ? 1 : 0;
  return own.shape.every((size, axis) => axis < rows || size === base.shape[axis]);
}
