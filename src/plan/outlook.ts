/** What a page shows of a plan: numbers and lists that do not grow with the number of tensors. */
import type { Model } from '../formats/model.ts';
import { slotsOf } from '../lora/pair/slots.ts';
import { peakBytes } from './estimate.ts';
import { placeOf } from './groups.ts';
import type { Planned, Unplanned } from './plan.ts';
import { actOf } from './table.ts';
import type { AdapterMatch, Finding, Plan, Share, SideFile } from './types.ts';

export type Outlook = {
  readonly tensors: number;
  /** Tensors by what happens to them; merged includes those that keep rows of the base. */
  readonly merged: number;
  readonly copied: number;
  readonly cast: number;
  /** Elements that are computed. */
  readonly elements: number;
  /** Layers of the deepest stack: highest layer number + 1; 0 when no tensor has a layer. */
  readonly layers: number;
  /** Slots of block weights in which something is merged; none of a language model. */
  readonly blocks: readonly string[];
  readonly files: readonly {
    readonly name: string;
    /** Bytes. */
    readonly size: number;
    readonly tensors: number;
  }[];
  readonly sideFiles: readonly {
    readonly name: string;
    /** Bytes; null when nobody knows. */
    readonly size: number | null;
    /** The model it is copied from; null when it is written. */
    readonly from: string | null;
  }[];
  /** Small files that the output does not take, and why. */
  readonly leftOut: Plan['leftOut'];
  readonly share: Share;
  readonly adapters: readonly AdapterMatch[];
  readonly ranks: Plan['ranks'];
  readonly bytesToRead: number;
  readonly bytesToWrite: number;
  /** What the largest tensors take, were there no memory budget. Bytes. */
  readonly peakBytes: number;
  /** Whether the weights are read twice, for a trim over the whole model. */
  readonly readsTwice: boolean;
  readonly findings: readonly Finding[];
};

/** The outlook of a plan, or what stands in its way. */
export type Prospect = { readonly outlook: Outlook } | Unplanned;

/** Names of tensors that a finding takes to the page; the others are asked for when they are to be seen. */
const MOST_NAMES = 200;

export function prospectOf(planned: Planned, models: ReadonlyMap<string, Model>): Prospect {
  return 'plan' in planned
    ? { outlook: outlookOf(planned.plan, models) }
    : { ...planned, findings: planned.findings.map(brief) };
}

export function outlookOf(plan: Plan, models: ReadonlyMap<string, Model>): Outlook {
  const acts = { merge: 0, copy: 0, cast: 0, 'merge + rows': 0 };
  const tensorsOf = plan.files.map(() => 0);
  let elements = 0;
  let layers = 0;
  const blocks = new Set<string>();
  for (const job of plan.jobs) {
    acts[actOf(job)] += 1;
    tensorsOf[job.file] += 1;
    layers = Math.max(layers, (placeOf(job.tensor).layer ?? -1) + 1);
    for (const part of job.parts) {
      if (part.kind !== 'merge' && part.kind !== 'factor') continue;
      elements += part.elementCount;
      for (const slot of slotsOf(part.kind === 'factor' ? part.of : job.tensor)) blocks.add(slot);
    }
  }
  return {
    tensors: plan.jobs.length,
    merged: acts.merge + acts['merge + rows'],
    copied: acts.copy,
    cast: acts.cast,
    ...{ elements, layers, blocks: [...blocks] },
    files: plan.files.map(({ name, byteLength }, i) => ({
      name,
      size: byteLength,
      tensors: tensorsOf[i],
    })),
    sideFiles: plan.sideFiles.map((file) => ({
      name: file.name,
      size: sizeOf(file, models),
      from: 'text' in file ? null : file.copy.model,
    })),
    leftOut: plan.leftOut,
    share: plan.share,
    adapters: plan.adapters,
    ranks: plan.ranks,
    bytesToRead: plan.bytesToRead,
    bytesToWrite: plan.bytesToWrite,
    peakBytes: peakBytes(plan, Number.POSITIVE_INFINITY),
    readsTwice: plan.wholeModelCounts !== null,
    findings: plan.findings.map(brief),
  };
}

function brief(finding: Finding): Finding {
  const { tensors } = finding;
  if (!tensors || tensors.length <= MOST_NAMES) return finding;
  const moreTensors = tensors.length - MOST_NAMES;
  return { ...finding, tensors: tensors.slice(0, MOST_NAMES), moreTensors };
}

function sizeOf(file: SideFile, models: ReadonlyMap<string, Model>): number | null {
  if ('text' in file) return new TextEncoder().encode(file.text).length;
  const { model, companion } = file.copy;
  return models.get(model)?.companions.find(({ name }) => name === companion)?.size ?? null;
}
