import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import { bool, type Metadata, u32 } from '../container.ts';
import { type Fields, isFields } from './files.ts';

const specialNames = {
  bos: 'bos',
  eos: 'eos',
  unk: 'unknown',
  sep: 'seperator',
  pad: 'padding',
  cls: 'cls',
  mask: 'mask',
} as const; // "seperator" is how the key is spelled

/** Ids of the special tokens, below `rows`, and which of them begin and end a text. */
export function specialsOf(
  { added, root }: Pick<Tokenizer, 'added' | 'root'>,
  config: Fields,
  model: Fields,
  rows: number,
): Metadata {
  const texts: Record<string, string | null> = {};
  const ids = Object.entries(specialNames).flatMap(([name, key]) => {
    const text = textOf(config[`${name}_token`]);
    texts[name] = text;
    const id = added.find(({ content }) => content === text)?.id ?? model[`${name}_token_id`];
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= rows) return [];
    return [[`tokenizer.ggml.${key}_token_id`, u32(id)] as const];
  });
  const [first, last] = aroundTexts(root['post_processor']);
  const begins = first !== null && (first === (texts['bos'] ?? first) || first === texts['cls']);
  const ends = last !== null && last === (texts['eos'] ?? last);
  const said = (name: string, otherwise: boolean) => {
    const value = config[`add_${name}_token`];
    return bool(typeof value === 'boolean' ? value : otherwise);
  };
  return [
    ...ids,
    ['tokenizer.ggml.add_bos_token', said('bos', begins)],
    ['tokenizer.ggml.add_eos_token', said('eos', ends)],
  ];
}

/** A token as tokenizer_config.json has it: a text, or an object with its content. */
export function textOf(token: unknown): string | null {
  if (typeof token === 'string') return token;
  return isFields(token) && typeof token['content'] === 'string' ? token['content'] : null;
}

/** The special tokens that a template puts first and last. */
function aroundTexts(processor: unknown): readonly [string | null, string | null] {
  if (!isFields(processor)) return [null, null];
  const inner = processor['processors'];
  const all = Array.isArray(inner) ? inner.filter(isFields) : [processor];
  const template = all.find(({ type }) => type === 'TemplateProcessing')?.['single'];
  if (!Array.isArray(template) || template.length < 2) return [null, null];
  const idOf = (item: unknown) => {
    const special = isFields(item) ? item['SpecialToken'] : null;
    return isFields(special) && typeof special['id'] === 'string' ? special['id'] : null;
  };
  return [idOf(template[0]), idOf(template.at(-1))];
}
