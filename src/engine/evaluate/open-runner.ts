import { architectureOf } from '../../evaluate/forward/architecture.ts';
import { Decoder } from '../../evaluate/forward/decoder.ts';
import type { Processor } from '../../evaluate/forward/processor.ts';
import { forwardRunner } from '../../evaluate/forward/runner.ts';
import { tokensOf } from '../../evaluate/forward/tokens.ts';
import type { Runner } from '../../evaluate/runner.ts';
import { EngineError } from '../errors.ts';
import type { Opened } from './candidate.ts';
import { weightsOf } from './weights-of.ts';

export type OpenRunner = Runner & {
  readonly kind: Processor['kind'];
  /** Bytes of memory. */
  readonly bytes: number;
  /** Gives its memory back. */
  dispose(): void;
};

/**
 * A model ready to run, with all of its weights in memory as f32.
 *
 * @throws EngineError where a file is missing; UnsupportedModelError, WeightsError
 */
export async function openRunner(
  opened: Opened,
  processor: Processor,
  signal: AbortSignal,
): Promise<OpenRunner> {
  const { model } = opened;
  if (!model.config) throw missing(model.name, 'config.json');
  const architecture = architectureOf(model.config);
  const tokenizer = await json(opened, 'tokenizer.json', signal);
  if (!tokenizer) throw missing(model.name, 'tokenizer.json');
  const settings = (await json(opened, 'tokenizer_config.json', signal)) ?? {};
  const tokens = await tokensOf(tokenizer, settings);
  const decoder = await Decoder.load(architecture, weightsOf(opened, signal), processor, signal);
  return {
    ...forwardRunner(model.name, decoder, tokens),
    kind: processor.kind,
    bytes: processor.bytes,
    dispose: () => processor.dispose(),
  };
}

async function json({ model, sources }: Opened, name: string, signal: AbortSignal) {
  if (!model.companions.some((file) => file.name === name)) return null;
  const source = sources.companion(model.id, name);
  try {
    const bytes = await source.read(0, source.size, signal);
    return JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new EngineError('not-json', `${name} of ${model.name} is not JSON: ${error.message}`, {
      advice: 'Replace the file.',
    });
  }
}

function missing(model: string, file: string): EngineError {
  return new EngineError('no-file', `${model} cannot be run: it has no ${file}`, {
    advice: `Open its folder with ${file} in it.`,
  });
}
