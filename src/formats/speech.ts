/** How a model speaks: special tokens and chat template, from the small files beside its weights. */
import { editConfig } from './edit-config.ts';
import { JsonError, parseJson, toPlain } from './json.ts';
import type { Model } from './model.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What decides where a model stops and how a chat is written. Null where no file says. */
export type Speech = {
  readonly eos: string | null;
  readonly pad: string | null;
  readonly bos: string | null;
  /** Token ids at which generation ends, as text. */
  readonly eosIds: string | null;
  readonly padId: string | null;
  readonly vocabulary: string | null;
  readonly template: string | null;
};

const known = new WeakMap<Model, Speech>();

/** Remembered by model: a plan is made at every keystroke. */
export function speechOf(model: Model): Speech {
  const seen = known.get(model);
  if (seen) return seen;
  const tokenizer = fieldsOf(model, 'tokenizer_config.json');
  const special = fieldsOf(model, 'special_tokens_map.json');
  const generation = fieldsOf(model, 'generation_config.json');
  const config = model.config ?? {};
  const token = (key: string) => tokenText(tokenizer[key]) ?? tokenText(special[key]);
  const id = (key: string) => idText(generation[key] ?? config[key]);
  const speech = {
    eos: token('eos_token'),
    pad: token('pad_token'),
    bos: token('bos_token'),
    eosIds: id('eos_token_id'),
    padId: id('pad_token_id'),
    vocabulary: idText(config['vocab_size']),
    template: templateOf(model),
  };
  known.set(model, speech);
  return speech;
}

/** The chat template as JSON text: of its own file, or of tokenizer_config.json; null when there is none. */
export function templateOf(model: Model): string | null {
  const own = textOf(model, 'chat_template.jinja');
  if (own !== null) return JSON.stringify(own);
  const file = fieldsOf(model, 'chat_template.json')['chat_template'];
  const inside = file ?? fieldsOf(model, 'tokenizer_config.json')['chat_template'] ?? null;
  return inside === null ? null : JSON.stringify(inside);
}

/**
 * The text of tokenizer_config.json with another chat template (JSON text), or with none. A text that is no
 * JSON stays as it is.
 */
export function withTemplate(text: string, template: string | null): string {
  const fields = parsed(text);
  if (fields === null || (template === null && fields['chat_template'] === undefined)) return text;
  const value: unknown = template === null ? null : JSON.parse(template);
  return editConfig(text, [{ path: ['chat_template'], value }]);
}

/** A token is a text, or an object around one. */
function tokenText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  const content = typeof value === 'object' && value !== null && (value as Fields)['content'];
  return typeof content === 'string' ? content : null;
}

function idText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return Array.isArray(value) && value.length > 0 ? value.join(', ') : null;
}

function textOf({ companions }: Model, name: string): string | null {
  return companions.find((companion) => companion.name === name)?.text ?? null;
}

/** The members of a JSON object; none of what is no such text. */
export function fieldsIn(text: string): Fields {
  return parsed(text) ?? {};
}

/** Empty where the file is absent or no JSON object: it is copied, and not judged. */
function fieldsOf(model: Model, name: string): Fields {
  const text = textOf(model, name);
  return text === null ? {} : fieldsIn(text);
}

function parsed(text: string): Fields | null {
  try {
    const root = parseJson(text, { python: true });
    return root instanceof Map ? (toPlain(root) as Fields) : null;
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}
