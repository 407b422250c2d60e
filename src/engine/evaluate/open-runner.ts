import { isEncoder } from '../../evaluate/encoder/architecture.ts';
import { architectureOf } from '../../evaluate/forward/architecture.ts';
import { Decoder } from '../../evaluate/forward/decoder.ts';
import type { Processor } from '../../evaluate/forward/processor.ts';
import { forwardRunner } from '../../evaluate/forward/runner.ts';
import { tokensOf } from '../../evaluate/forward/tokens.ts';
import type { Model } from '../../formats/model.ts';
import type { Opened } from './candidate.ts';
import { jsonOf, missing } from './json-of.ts';
import { openEmbedder } from './open-embedder.ts';
import type { OpenRunner } from './ready.ts';
import { weightsOf } from './weights-of.ts';

/**
 * A model ready to run, with all of its weights in memory as f32: a decoder answers prompts, an encoder makes vectors.
 *
 * @throws EngineError where a file is missing; UnsupportedModelError, WeightsError
 */
export async function openRunner(
  opened: Opened,
  processor: Processor,
  signal: AbortSignal,
): Promise<OpenRunner> {
  const { model } = opened;
  if (makesVectors(model)) return openEmbedder(opened, processor, signal);
  if (!model.config) throw missing(model.name, 'config.json');
  const architecture = architectureOf(model.config);
  const tokenizer = await jsonOf(opened, 'tokenizer.json', signal);
  if (!tokenizer) throw missing(model.name, 'tokenizer.json');
  const settings = (await jsonOf(opened, 'tokenizer_config.json', signal)) ?? {};
  const tokens = await tokensOf(tokenizer, settings);
  const decoder = await Decoder.load(architecture, weightsOf(opened, signal), processor, signal);
  return { ...forwardRunner(model.name, decoder, tokens), processor };
}

/** An encoder by its config.json, or a folder of sentence-transformers; decoders with one answer prompts as before. */
function makesVectors({ config, companions }: Model): boolean {
  if (config && isEncoder(config)) return true;
  const isDecoder = /ForCausalLM/.test(String(config?.['architectures']));
  return !isDecoder && companions.some(({ name }) => name === 'modules.json');
}
