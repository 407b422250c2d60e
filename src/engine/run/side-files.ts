import { cardName, withSection } from '../../plan/card.ts';
import type { SideFile } from '../../plan/types.ts';
import type { Survival } from '../../views/survival.ts';
import { survivalSection } from '../../views/survival-card.ts';
import { isAbort, JobError } from '../errors.ts';
import type { Sources } from '../library/sources.ts';
import { checksumOf } from '../tensor/make.ts';
import { copyPiece } from '../tensor/memory.ts';
import { OutputFile, type OutputOptions } from './output-file.ts';

/** The side files with what is left of each parent in the model card. */
export function withSurvival(
  sides: readonly SideFile[],
  survival: Survival | null,
): readonly SideFile[] {
  return survival === null ? sides : withSections(sides, [survivalSection(survival)]);
}

/** The side files with more in the model card. */
export function withSections(
  sides: readonly SideFile[],
  sections: readonly string[],
): readonly SideFile[] {
  return sides.map((side) =>
    side.name === cardName && 'text' in side
      ? { ...side, text: sections.reduce(withSection, side.text) }
      : side,
  );
}

/** Writes a text, or copies a small file of a model as it is. */
export async function writeSide(
  side: SideFile,
  { sources, budget }: { readonly sources: Sources; readonly budget: number },
  output: OutputOptions,
): Promise<OutputFile> {
  if ('text' in side) return writeText(side.name, side.text, output);
  const source = sources.companion(side.copy.model, side.copy.companion);
  const file = await OutputFile.create(side.name, source.size, { tensors: [] }, output);
  const piece = copyPiece(budget);
  for (let at = 0; at < source.size; at += piece) {
    const end = Math.min(source.size, at + piece);
    const bytes = await source.read(at, end, output.signal).catch((error: unknown) => {
      if (isAbort(error)) throw error;
      throw new JobError({ step: 'read', tensor: '', file: source.name }, error);
    });
    await file.write({ at, bytes, checksum: await checksumOf(bytes) });
  }
  await file.close();
  return file;
}

export async function writeText(
  name: string,
  text: string,
  output: OutputOptions,
): Promise<OutputFile> {
  const bytes = new TextEncoder().encode(text);
  const file = await OutputFile.create(name, bytes.length, { tensors: [] }, output);
  const checksum = await checksumOf(bytes);
  if (bytes.length > 0) await file.write({ at: 0, bytes, checksum });
  await file.close();
  return file;
}
