import { readHeader } from '../../formats/safetensors/header.ts';
import type { Sink } from '../../io/sink.ts';
import type { Source } from '../../io/source.ts';
import { isFloatDtype } from '../../numerics/dtype.ts';
import { nameInFile } from '../../plan/layout.ts';
import type { Job, OutputFile, Plan } from '../../plan/types.ts';
import { reportedOf, type Survival } from '../../views/survival.ts';
import { isAbort, messageOf, VerifyError } from '../errors.ts';
import { hasRemark, type TensorReport, type VerifyReport } from '../protocol.ts';
import type { Account, Craft } from '../tensor/job.ts';
import type { Checked } from './file-check.ts';
import type { NonFinite } from './nonfinite.ts';
import { nonFiniteWords } from './nonfinite-words.ts';
import { type Origin, type OriginOptions, originsOf } from './origin.ts';
import { prove } from './proof/prove.ts';

export const verifyFileName = 'amalgam-verify.json';

export type Verifying = OriginOptions & {
  readonly sink: Pick<Sink, 'reopen'>;
  /** Closed files, weights first, in the plan's order. */
  readonly files: readonly FileToVerify[];
  readonly reports: readonly TensorReport[];
  readonly accounts: readonly Account[];
  readonly craft: Craft;
};

export type FileToVerify = {
  readonly name: string;
  readonly size: number;
  /** Reads back what was not read back yet. */
  finish(source: Source): Promise<Checked>;
};

/**
 * Holds every written file against what was planned and sent: size, header, checksums, sha256 of what is
 * there, NaN and infinity by tensor, and whether the inputs had them. What is there but doubtful (NaN,
 * infinity that was computed, nothing changed, elements that come out otherwise when they are computed once more)
 * comes as `problems`; infinity that was copied, which masks
 * hold for good reason, as `remarks`.
 *
 * @throws VerifyError when a file is not what was sent
 */
export async function verify(plan: Plan, verifying: Verifying): Promise<VerifyReport> {
  const { sink, reports, signal } = verifying;
  const broken: string[] = [];
  const files: { name: string; size: number; sha256: string }[] = [];
  const counts = new Map<Job, NonFinite>();
  for (const [index, file] of verifying.files.entries()) {
    const { name, size } = file;
    const source = await sink.reopen(name);
    const jobs = plan.jobs.filter((job) => job.file === index);
    if (source.size !== size) {
      broken.push(`${name} has ${source.size} bytes, expected ${size}`);
      continue;
    }
    const planned = plan.files[index];
    if (planned) broken.push(...(await headerProblems(source, planned, jobs, signal)));
    const { sha256, different, nonFinite } = await file.finish(source);
    if (different > 0) broken.push(`${name} reads back differently than it was written`);
    const floats = jobs.filter(({ dtype }) => isFloatDtype(dtype));
    for (const [tensor, count] of nonFinite) counts.set(floats[tensor], count);
    files.push({ name, size, sha256 });
  }
  if (broken.length > 0) throw new VerifyError(broken);

  const problems: string[] = [];
  const remarks: string[] = [];
  for (const [job, found] of counts) {
    const origins = await originsOf(job, verifying);
    const words = nonFiniteWords(job, found, origins, plan.names);
    (isMask(job, found, origins) ? remarks : problems).push(words);
  }
  problems.push(...changeProblems(reports));
  const reopened = new Map<string, Promise<Source>>();
  const written = (name: string) => {
    const known = reopened.get(name) ?? sink.reopen(name);
    reopened.set(name, known);
    return known;
  };
  const proof = await prove(plan, { ...verifying, written });
  if (proof?.difference) {
    problems.push(
      `not what the adapters make of the base, computed once more: ${proof.difference}`,
    );
  }
  const total = (of: (count: NonFinite) => number) =>
    [...counts.values()].reduce((sum, count) => sum + of(count), 0);
  return {
    ok: problems.length === 0,
    problems,
    remarks,
    files,
    tensors: plan.jobs.length,
    tensorsChanged: reports.filter(({ changed }) => changed === true).length,
    nan: total(({ nan }) => nan),
    infinite: total(({ infinite }) => infinite),
    saturated: reports.reduce((sum, { saturated }) => sum + saturated, 0),
    proof,
  };
}

/**
 * The report as it is saved beside the weights: the one file that tells of the machine. `backend` names what the
 * merge ran on, with its number of workers; on the same machine the same merge gives the same text. `survival` tells from
 * samples what is left of each parent, of the model, its groups and its layers; null where no change is known.
 */
export function verifyJson(
  report: VerifyReport,
  reports: readonly TensorReport[],
  backend: string,
  survival: Survival | null = null,
): string {
  const remarkable = reports.filter(hasRemark);
  const left = survival && reportedOf(survival);
  return `${JSON.stringify({ backend, ...report, remarkable, survival: left }, null, 2)}\n`;
}

/** The header read back, byte by byte and as a reader of safetensors understands it. */
async function headerProblems(
  source: Source,
  planned: OutputFile,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<string[]> {
  const found = await source.read(0, planned.header.length, signal);
  if (found.some((byte, i) => byte !== planned.header[i])) {
    return [`the header of ${planned.name} is not the planned one`];
  }
  try {
    const { tensors } = await readHeader(source, signal);
    const agree =
      tensors.length === jobs.length &&
      tensors.every(({ name, dtype, shape, begin, end }, i) => {
        const job = jobs[i];
        const sameKind = name === nameInFile(planned.component, job) && dtype === job.dtype;
        return sameKind && String(shape) === String(job.shape) && end - begin === job.byteLength;
      });
    return agree ? [] : [`the header of ${planned.name} does not list the merged tensors`];
  } catch (error) {
    if (isAbort(error)) throw error;
    return [messageOf(error)];
  }
}

/** Infinity that the input had and nobody computed with: what attention masks hold. */
function isMask({ parts }: Job, { nan }: NonFinite, origins: readonly Origin[]): boolean {
  const had = origins.length > 0 || parts.every((part) => part.kind === 'copy');
  return nan === 0 && had && parts.every((part) => part.kind !== 'merge');
}

/** A merge that changed nothing has not merged. With another dtype there is nothing to compare. */
function changeProblems(reports: readonly TensorReport[]): string[] {
  const compared = reports.filter(({ changed }) => changed !== null);
  const unchanged = compared.length > 0 && compared.every(({ changed }) => changed === false);
  return unchanged && compared.length === reports.length
    ? ['nothing changed: every tensor equals the original']
    : [];
}
