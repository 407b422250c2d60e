import { EngineError } from '../errors.ts';
import type { Opened } from './candidate.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A JSON file of a model’s folder, by its path there; null where there is none. Throws EngineError where it is none. */
export async function jsonOf(
  { model, sources }: Opened,
  name: string,
  signal: AbortSignal,
): Promise<Json | null> {
  if (!model.companions.some((file) => file.name === name)) return null;
  const source = sources.companion(model.id, name);
  try {
    const bytes = await source.read(0, source.size, signal);
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new EngineError('not-json', `${name} of ${model.name} is not JSON: ${error.message}`, {
      advice: 'Replace the file.',
    });
  }
}

export function missing(model: string, file: string): EngineError {
  return new EngineError('no-file', `${model} cannot be run: it has no ${file}`, {
    advice: `Open its folder with ${file} in it.`,
  });
}
