import type { Source } from '../../../io/source.ts';
import { decode } from '../../../numerics/decode.ts';
import { bytesPerElement, type FloatDtype } from '../../../numerics/dtype.ts';
import { guideCount } from '../../../plan/call.ts';
import { isComputedPlane, planesOf } from '../../../plan/planes.ts';
import type { ComputedPlane, Job, Part, Plan, PlaneRef } from '../../../plan/types.ts';
import type { Sources } from '../../library/sources.ts';
import type { Proof, TensorReport } from '../../protocol.ts';
import type { Account, Craft } from '../../tensor/job.ts';
import { spansOf } from '../../tensor/read-together.ts';
import { type Places, placesIn } from './places.ts';
import { isTouched, type Recomputed, recompute } from './recompute.ts';
import { nothing, plus, survivedOf, type Tally, tallyChange } from './survival.ts';

export type Proving = {
  readonly craft: Craft;
  readonly sources: Sources;
  readonly budget: number;
  readonly signal: AbortSignal;
  /** A written file, by its name. */
  readonly written: (name: string) => Promise<Source>;
  /** Both in the plan's order. */
  readonly reports: readonly TensorReport[];
  readonly accounts: readonly Account[];
};

/** Where a tensor is looked at; on a network each place is a request, by columns of DoRA each element a column. */
const usual: Places = { places: 8, together: 32 };
const remote: Places = { places: 4, together: 32 };
const byColumns: Places = { places: 2, together: 4 };
const nowhere: Places = { places: 0, together: 0 };
/** Elements of a tensor all of which may be read for its columns' norms. */
const mostOfColumns = 2 ** 24;
/** Tensors that are read at a time. */
const TOGETHER = 4;
const others = ['F16', 'F32'] as const;

/**
 * Computes elements of every tensor that adapters change in a model once more, from the stored factors and the
 * base by plain loops, and holds them against the bytes that were read back: `difference` names the first that is
 * another. What the kernels of the CPU gave has to be the same bits; what a GPU gave may differ in its last digit.
 * NaNs are alike. Of DoRA by columns only the first and last elements are looked at, since each takes a
 * whole column, and of a large tensor none; nor of one whose rows count as a whole, as in NuSLERP by rows. Null where no
 * adapter went into a model.
 */
export async function prove(plan: Plan, proving: Proving): Promise<Proof | null> {
  const touched = touchedIn(plan, proving.accounts);
  if (touched.length === 0) return null;
  const looks = new Array<Look>(touched.length);
  let next = 0;
  const work = async () => {
    while (next < touched.length) {
      const k = next++;
      proving.signal.throwIfAborted();
      looks[k] = await lookAt(touched[k], plan, proving);
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
  const sum = (of: (look: Look) => number) => looks.reduce((total, look) => total + of(look), 0);
  return {
    tensors: looks.length,
    elements: sum(({ elements }) => elements),
    left: sum(({ elements }) => Number(elements === 0)),
    near: sum(({ near }) => near),
    difference: looks.find((look) => look.difference !== null)?.difference ?? null,
    survival: survivalIn(touched, looks),
  };
}

type Touched = {
  readonly job: Job;
  /** Place among the plan's. */
  readonly index: number;
  /** Where its bytes begin in its file. */
  readonly begin: number;
  readonly parts: readonly Part[];
};

function touchedIn({ jobs, files }: Plan, accounts: readonly Account[]): readonly Touched[] {
  const ends = files.map(({ header }) => header.length);
  return jobs.flatMap((job, index) => {
    const begin = ends[job.file];
    ends[job.file] += job.byteLength;
    const { likewise } = accounts[index];
    const parts = (likewise && job.twin?.likewise?.parts) || job.parts;
    return parts.some(isTouched) ? [{ job, index, begin, parts }] : [];
  });
}

type Look = {
  readonly elements: number;
  readonly near: number;
  readonly difference: string | null;
  readonly own: Tally;
  readonly others: readonly Tally[];
};

async function lookAt(touched: Touched, plan: Plan, proving: Proving): Promise<Look> {
  const { job, index, begin, parts } = touched;
  const { craft, sources, budget, signal, accounts, reports } = proving;
  const reader = { sources, budget, tensor: job.tensor };
  const dtype = job.dtype as FloatDtype;
  const size = bytesPerElement(dtype);
  const file = await proving.written(plan.files[job.file].name);
  const look = { elements: 0, near: 0, difference: null as string | null, own: nothing() };
  const tallies = others.map(nothing);
  let before = 0;
  for (const [k, part] of parts.entries()) {
    const count =
      part.kind === 'copy' ? (part.span.end - part.span.begin) / size : part.elementCount;
    if (isTouched(part)) {
      const measured = accounts[index].coefficients[k] ?? null;
      const isByRows = part.kind === 'merge' && guideCount(part, job, craft) > 0;
      const places = isByRows ? nowhere : placesFor(part, sources);
      const samples = placesIn(`${job.tensor} ${k}`, count, places);
      const made = await recompute(part, job, craft, measured, samples, reader, signal);
      for (const one of made) {
        const at = begin + (before + one.sample.from) * size;
        const found = await file.read(at, at + one.bytes.length, signal);
        const compared = compare(found, one, dtype, reports[index].backend === 'webgpu');
        look.elements += one.sample.count;
        look.near += compared.near;
        if (compared.first !== null) {
          const { i, words } = compared.first;
          look.difference ??= `${placeIn(job, before + one.sample.from + i)}: ${words}`;
        }
        if (one.base === null) continue;
        const weight = count / samples.reduce((sum, sample) => sum + sample.count, 0);
        tallyChange(look.own, one.base, one.merged, dtype, weight);
        for (const [n, other] of others.entries())
          tallyChange(tallies[n], one.base, one.merged, other, weight);
      }
    }
    before += count;
  }
  return { ...look, others: tallies };
}

function placesFor(part: Part, sources: Sources): Places {
  const columns = planesOf(part).filter(
    (plane) => isComputedPlane(plane) && dora(plane.formula)?.per === 'column',
  );
  if (columns.some((plane) => elementsOf(plane) > mostOfColumns)) return nowhere;
  if (columns.length > 0) return byColumns;
  const isHere = spansOf(part).every(({ model, file }) => {
    const { local, instant } = sources.weights(model, file);
    return local !== undefined || instant === true;
  });
  return isHere ? usual : remote;
}

const elementsOf = (plane: PlaneRef) => (isComputedPlane(plane) ? plane.to - plane.from : 0);

const dora = (formula: ComputedPlane['formula']) =>
  formula.kind === 'update' ? formula.magnitudes : null;

/** "model.layers.0.q_proj.weight, element [1, 4]". */
function placeIn({ tensor, shape }: Job, element: number): string {
  let rest = element;
  const index = shape.toReversed().map((size) => {
    const at = rest % size;
    rest = Math.floor(rest / size);
    return at;
  });
  return `${tensor}, element [${index.toReversed().join(', ')}]`;
}

function compare(
  found: Uint8Array<ArrayBuffer>,
  { bytes, size: terms }: Recomputed,
  dtype: FloatDtype,
  isLoose: boolean,
) {
  const size = bytesPerElement(dtype);
  const [a, b] = [found, bytes].map((each) => {
    const values = new Float32Array(each.length / size);
    decode(each, dtype, values);
    return values;
  });
  let near = 0;
  for (let i = 0; i < a.length; i++) {
    const isSame = bytes
      .subarray(i * size, (i + 1) * size)
      .every((byte, k) => byte === found[i * size + k]);
    if (isSame || (Number.isNaN(a[i]) && Number.isNaN(b[i]))) continue;
    if (isLoose && Math.abs(a[i] - b[i]) <= lastPlace(b[i], dtype) + terms[i] * 2 ** -20) {
      near += 1;
      continue;
    }
    return { near, first: { i, words: `found ${a[i]}, expected ${b[i]} (${dtype})` } };
  }
  return { near, first: null };
}

const digits: Readonly<Record<FloatDtype, number>> = {
  ...{ F64: 23, F32: 23, F16: 10, BF16: 7, F8_E4M3: 3, F8_E5M2: 2 },
};

/** One unit in the last place of a value. */
function lastPlace(value: number, dtype: FloatDtype): number {
  const exponent = value === 0 ? -126 : Math.floor(Math.log2(Math.abs(value)));
  const least = dtype === 'F16' || dtype.startsWith('F8') ? -14 : -126;
  return 2 ** (Math.max(exponent, least) - digits[dtype]);
}

function survivalIn(touched: readonly Touched[], looks: readonly Look[]): Proof['survival'] {
  const all = survivedOf(looks.reduce((sum, { own }) => plus(sum, own), nothing()));
  if (all === null) return null;
  const tensors = looks.flatMap(({ own }, k) => {
    const survived = survivedOf(own);
    return survived ? [{ tensor: touched[k].job.tensor, ...survived }] : [];
  });
  return {
    all,
    others: others.flatMap((dtype, n) => {
      const survived = survivedOf(
        looks.reduce((sum, look) => plus(sum, look.others[n]), nothing()),
      );
      return survived ? [{ dtype, ...survived }] : [];
    }),
    tensors: tensors.sort((a, b) => a.change - b.change),
  };
}
