/** What the definition does with a run of elements: decode, measure or map, encode. Pure functions of plain data. */
import { unpack } from '../../methods/coefficients.ts';
import type { At } from '../../methods/method.ts';
import { findMethod } from '../../methods/registry.ts';
import { Workspace } from '../../methods/workspace.ts';
import { bytesPerElement } from '../../numerics/dtype.ts';
import { encode } from '../../numerics/encode.ts';
import { roundTo, settle } from '../../numerics/round.ts';
import type { Mapped } from '../backend.ts';
import { collectorFor } from './collectors.ts';
import { DecodedChunk } from './decoded-chunk.ts';
import { CHUNK, type Collected, type MapTask, type MeasureTask } from './task.ts';

/** The run's elements, merged and encoded. Throws when there is no such method. */
export function mapRun({ run, kernel }: MapTask): Mapped {
  const method = findMethod(kernel.methodId);
  if (!method) throw new Error(`There is no merge method "${kernel.methodId}"`);
  const size = bytesPerElement(kernel.output);
  const bytes = new Uint8Array(run.count * size);
  const coefficients = unpack(method, kernel.coefficients);
  const space = new Workspace();
  const round = roundTo(kernel.work);
  const merged = new Float32Array(Math.min(CHUNK, run.count));
  const chunk = new DecodedChunk(run, round);
  const { guides: guideCount = 0 } = run;
  const inputs = run.planes.length - guideCount;
  const models = inputs - (run.hasBase ? 1 : 0);
  let saturated = 0;
  let nonFinite = 0;
  for (let offset = 0; offset < run.count; offset += CHUNK) {
    const count = Math.min(CHUNK, run.count - offset);
    chunk.moveTo(offset, count);
    const x = Array.from({ length: models }, (_, k) => chunk.plane(k));
    const guides = Array.from({ length: guideCount }, (_, p) => chunk.plane(inputs + p));
    const at: At = { ...kernel.at, start: run.start + offset, guides, round, space };
    space.clear();
    const out = merged.subarray(0, count);
    method.merge(x, run.hasBase ? chunk.plane(models) : NO_BASE, coefficients, at, out);
    settle(out, roundTo(kernel.resultAs));
    const encoded = encode(
      out,
      kernel.output,
      bytes.subarray(offset * size, (offset + count) * size),
    );
    saturated += encoded.saturated;
    nonFinite += encoded.nonFinite;
  }
  return { bytes, saturated, nonFinite };
}

const NO_BASE = new Float32Array(0);

/** What the run contributes to each wanted number; its start is a multiple of `CHUNK`. */
export function measureRun(task: MeasureTask): readonly Collected[] {
  const { run, wanted, work } = task;
  const chunk = new DecodedChunk(run, roundTo(work));
  const collectors = wanted.map((one) => collectorFor(one, task));
  for (let offset = 0; offset < run.count; offset += CHUNK) {
    chunk.moveTo(offset, Math.min(CHUNK, run.count - offset));
    for (const collector of collectors) collector.take(chunk, offset);
  }
  return collectors.map((collector) => collector.collected());
}
