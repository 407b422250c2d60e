import { EngineError } from '../errors.ts';
import type { TextTokens } from '../protocol.ts';
import { companionText, type ToWrite } from './prepare.ts';

/** A text in a model's own tokens, nothing added before or after it. Throws EngineError where there is no tokenizer.json. */
export async function textTokens(model: ToWrite, text: string): Promise<TextTokens> {
  const [tokenizer, config] = [
    await companionText(model, 'tokenizer.json'),
    await companionText(model, 'tokenizer_config.json'),
  ];
  if (tokenizer === null) {
    throw new EngineError(
      'no-file',
      `${model.name} has no tokenizer.json, by which texts are read`,
      {
        advice: 'Open its folder with tokenizer.json in it.',
      },
    );
  }
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const made = new Tokenizer(JSON.parse(tokenizer), config === null ? {} : JSON.parse(config));
  const { ids } = made.encode(text, { add_special_tokens: false });
  const first = made.decode(ids.slice(0, 1), { clean_up_tokenization_spaces: false });
  return { ids, first };
}
