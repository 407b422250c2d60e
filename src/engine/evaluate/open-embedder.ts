import { encoderOf } from '../../evaluate/encoder/architecture.ts';
import { encoderEmbedder } from '../../evaluate/encoder/embedder.ts';
import { Encoder } from '../../evaluate/encoder/encoder.ts';
import { loadHead } from '../../evaluate/encoder/head.ts';
import { idsBy } from '../../evaluate/encoder/ids.ts';
import { type Modules, modulesOf } from '../../evaluate/encoder/modules.ts';
import type { Weights } from '../../evaluate/forward/loading.ts';
import type { Processor } from '../../evaluate/forward/processor.ts';
import { identityOf } from '../../formats/model.ts';
import type { Opened } from './candidate.ts';
import { type Json, jsonOf, missing } from './json-of.ts';
import type { OpenRunner } from './ready.ts';
import { weightsOf } from './weights-of.ts';

/**
 * An encoder ready to make vectors of texts, as its folder says: what comes behind it, how long a text may be, and what
 * stands before it.
 *
 * @throws EngineError where a file is missing; UnsupportedModelError, WeightsError
 */
export async function openEmbedder(
  opened: Opened,
  processor: Processor,
  signal: AbortSignal,
): Promise<OpenRunner> {
  const { model } = opened;
  const read = (name: string) => jsonOf(opened, name, signal);
  const modules = await modulesOf(read);
  const inside = (name: string) => identityOf(modules.path, name);
  const config = await read(inside('config.json'));
  if (!config) throw missing(model.name, inside('config.json'));
  const architecture = encoderOf(config);
  const tokenizer = await read(inside('tokenizer.json'));
  if (!tokenizer) throw missing(model.name, inside('tokenizer.json'));
  const settings = (await read(inside('tokenizer_config.json'))) ?? {};
  const ids = await idsBy(tokenizer, settings);
  const lengths = (await read(inside('sentence_bert_config.json'))) ?? {};
  const most = [lengths['max_seq_length'], settings['model_max_length']].find(
    (each) => typeof each === 'number',
  );
  const weights = weightsOf(opened, signal);
  const encoder = await Encoder.load(architecture, below(modules, weights), processor, signal);
  const head = await loadHead(modules, weights);
  const prompt = promptOf((await read('config_sentence_transformers.json')) ?? {});
  const lowers = lengths['do_lower_case'] === true;
  return {
    ...encoderEmbedder(model.name, encoder, head, { ids, most: most ?? Infinity, prompt, lowers }),
    processor,
  };
}

/** The weights of the encoder’s own folder. */
function below({ path }: Modules, weights: Weights): Weights {
  return {
    shape: (name) => weights.shape(identityOf(path, name)),
    read: (name) => weights.read(identityOf(path, name)),
  };
}

/** What is put before every text unless a program asks for something else. */
function promptOf({ prompts, default_prompt_name: name }: Json): string {
  const prompt = typeof name === 'string' ? (prompts as Json | undefined)?.[name] : '';
  return typeof prompt === 'string' ? prompt : '';
}
