/** The task vectors of a plan in numbers, from the samples that a scan looks at. */
import { placeOf } from '../../plan/groups.ts';
import type { MergePart, Plan } from '../../plan/types.ts';
import { anglesOf, type Changes, changeStats, packed } from '../../views/changes.ts';
import { Ledger } from '../../views/ledger.ts';
import { MagnitudeBins } from '../../views/magnitudes.ts';
import { PairErrors } from '../../views/pair-errors.ts';
import { elementsIn } from '../../views/sampling.ts';
import { deltasOf } from './deltas.ts';
import { byExpert } from './eye.ts';
import { groupOrder } from './scan.ts';
import { alone, type Picked, type Stratum, selectionOf } from './selection.ts';
import type { Tools } from './tools.ts';
import { visit } from './visit.ts';

/** How large the changes are and how they lie to each other, for one set of tensors. */
class Account {
  tensors = 0;
  readonly ledger: Ledger;
  readonly bins: readonly MagnitudeBins[];

  constructor(models: number) {
    this.ledger = new Ledger(models);
    this.bins = Array.from({ length: models }, () => new MagnitudeBins());
  }

  /** Adds a tensor, and those that it stands for. */
  add(other: Account, { tensors, picked, standsFor }: Stratum): void {
    this.tensors += tensors / picked;
    this.ledger.add(other.ledger, standsFor);
    for (const [k, bins] of this.bins.entries()) bins.add(other.bins[k], standsFor);
  }

  clear(): void {
    this.ledger.clear();
    for (const bins of this.bins) bins.clear();
  }

  magnitudes() {
    return this.bins.map((bins) => bins.sum());
  }

  stats() {
    return this.magnitudes().map((each) => changeStats(each, this.ledger.baseSquares));
  }
}

/** @param tensor whose magnitudes are told by themselves, with those of its layer */
export async function changesOf(
  plan: Plan,
  experts: readonly string[],
  tensor: string | null,
  tools: Tools,
): Promise<Changes> {
  const selection = selectionOf(plan, tools);
  const { subjects, grid, picked } = selection;
  const models = experts.length;
  const wanted = subjects.findIndex((subject) => subject.tensor === tensor);
  const account = () => new Account(models);
  const whole = account();
  const layer = account();
  const own = account();
  // Used for one tensor after another.
  const one = account();
  const groups = new Map<string, Account>();
  const layers = grid.rows.map(() => new Ledger(models));
  const roles = grid.columns.map(() => new Ledger(models));
  const cells = new Map<number, Ledger>();
  const errors = new PairErrors(pairsOf(models));
  const differing = new Map<Stratum, Ledger[]>();
  const names: string[] = [];
  const values: number[] = [];
  let sampled = 0;
  const takeOne = async ({ subject, runs: runsOf, stratum }: Picked) => {
    one.clear();
    for (const { merge } of subject.merges) {
      if (merge.elementCount === 0) continue;
      const { seen, runs } = await take(one, subject, merge, runsOf(merge), tools);
      sampled += seen;
      errors.add(runs, seen / merge.elementCount, stratum.standsFor);
    }
    names.push(subject.tensor);
    values.push(...packed(one.stats()));
    if (subject === subjects[wanted]) own.add(one, alone);
  };
  for await (const pick of visit(picked, tools)) {
    const { subject, row, column, stratum } = pick;
    await takeOne(pick);
    const { group } = placeOf(subject.tensor);
    const ofGroup = groups.get(group) ?? account();
    groups.set(group, ofGroup);
    for (const sum of [whole, ofGroup]) sum.add(one, stratum);
    if (wanted >= 0 && row === grid.places[wanted].row) layer.add(one, stratum);
    layers[row].add(one.ledger, stratum.standsFor);
    roles[column].add(one.ledger, stratum.standsFor);
    const place = row * grid.columns.length + column;
    const cell = cells.get(place) ?? new Ledger(models);
    cells.set(place, cell);
    cell.add(one.ledger, stratum.standsFor);
    if (stratum.picked === stratum.tensors) continue;
    const total = new Ledger(models);
    total.add(one.ledger);
    differing.set(stratum, [...(differing.get(stratum) ?? []), total]);
  }
  for (const [{ picked: of, tensors }, totals] of differing) errors.add(totals, of / tensors);
  const told = errors.errors(whole.ledger);
  // What was asked for is looked at, whether it stands for others or not.
  if (wanted >= 0 && own.tensors === 0) await takeOne(selection.pick(wanted));
  const named = (all: readonly string[], ledgers: readonly Ledger[]) =>
    ledgers.map((ledger, i) => ({ name: all[i], ...anglesOf(ledger) }));
  const magnitudes = (of: Account, name: string) =>
    own.tensors > 0 ? { name, of: of.magnitudes() } : null;
  return {
    models: experts,
    elements: whole.ledger.elements,
    sampled,
    tensorsMerged: selection.tensors,
    tensorsSampled: names.length,
    errors: told,
    whole: whole.stats(),
    groups: groupOrder.flatMap((group) => {
      const of = groups.get(group);
      return of ? [{ group, tensors: Math.round(of.tensors), stats: of.stats() }] : [];
    }),
    tensors: { names, values: Float64Array.from(values) },
    angles: {
      whole: anglesOf(whole.ledger),
      layers: named(grid.rows, layers),
      roles: named(grid.columns, roles).map((role, column) => ({
        ...role,
        depth: grid.rows.map((_, row) => {
          const cell = cells.get(row * grid.columns.length + column);
          return cell ? anglesOf(cell).cosines : null;
        }),
      })),
    },
    magnitudes: {
      model: whole.magnitudes(),
      layer: magnitudes(layer, grid.rows[grid.places[wanted]?.row]),
      tensor: magnitudes(own, tensor ?? ''),
    },
  };
}

/** How many elements were looked at, and what each run of them comes to. */
async function take(
  { ledger, bins }: Account,
  subject: Parameters<typeof deltasOf>[0],
  merge: MergePart,
  runs: Parameters<typeof deltasOf>[2],
  tools: Tools,
): Promise<{ readonly seen: number; readonly runs: readonly Ledger[] }> {
  const seen = elementsIn(runs);
  const each = merge.elementCount / seen;
  const { base, own } = await deltasOf(subject, merge, runs, tools);
  const all = byExpert(own, merge.ordinals, bins.length);
  const ofRuns = ledger.takeRuns(all, base, runs, each);
  for (const [k, values] of all.entries()) bins[k].take(values, each);
  return { seen, runs: ofRuns };
}

/** Every two, and each with itself. */
function pairsOf(models: number): readonly (readonly [number, number])[] {
  const all = Array.from({ length: models }, (_, k) => k);
  return all.flatMap((a) => all.slice(a).map((b) => [a, b] as const));
}
