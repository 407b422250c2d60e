import type { FloatDtype } from '../numerics/dtype.ts';
import { editConfig } from './edit-config.ts';
import { FormatError } from './error.ts';
import { JsonError, parseJson, placeInText, toPlain } from './json.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The few facts of config.json that a merge looks at; null where the file does not say. */
export type ConfigFacts = {
  readonly architectures: readonly string[];
  readonly modelType: string | null;
  readonly hiddenSize: number | null;
  readonly layers: number | null;
  readonly vocabSize: number | null;
  readonly ropeTheta: number | null;
  /** Scaling of rotary positions as canonical JSON, comparable as text; null when there is none. */
  readonly ropeScaling: string | null;
  /** What the file says, or what transformers takes for granted; null where neither is known. */
  readonly tiesEmbeddings: boolean | null;
  /** As transformers spells it: 'bfloat16'. */
  readonly dtype: string | null;
  /** What config.json calls the quantisation of the weights: 'gptq', 'fp8', '4 bits', 'nothing'; or null. */
  readonly quantization: string | null;
};

/** What to do about a config.json that cannot be read. */
export const configAdvice =
  'transformers would not read it either. Save it as plain UTF-8, take it again from where the model came from, or leave it out.';

/** Parses config.json as Python would. Throws `FormatError` with line and column. */
export function parseConfig(text: string, file: string): Fields {
  const fail = (found: string, cause?: unknown) => {
    const advice = configAdvice;
    return new FormatError('bad-config', { file, found, expected: 'a JSON object', advice }, cause);
  };
  try {
    const root = parseJson(text, { python: true });
    if (root instanceof Map) return toPlain(root) as Fields;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    if (text.startsWith('\uFEFF')) throw fail('a byte order mark in front of its JSON', error);
    if (text.trim() === '') throw fail('an empty file', error);
    if (text.charAt(error.at) === '\0') throw fail('NUL bytes in its text', error);
    throw fail(`invalid JSON at ${placeInText(text, error.at)}: ${error.message}`, error);
  }
  throw fail('JSON that is no object');
}

/** Reads defensively: a field of an unexpected type counts as absent. */
export function configFacts(config: Fields): ConfigFacts {
  // Multimodal configs keep the language model's fields one level down.
  const inner = isObject(config.text_config) ? config.text_config : {};
  const field = <T>(is: (value: unknown) => value is T, ...names: string[]): T | null =>
    names.flatMap((name) => [config[name], inner[name]]).find(is) ?? null;

  // transformers 5 writes rope_parameters; 4 wrote rope_theta beside rope_scaling.
  const rope = field(isObject, 'rope_parameters', 'rope_scaling') ?? {};
  const { rope_theta, ...scaling } = rope;
  const type = scaling.rope_type ?? scaling.type;
  const isScaled = Object.keys(scaling).length > 0 && type !== 'default';
  const theta = isNumber(rope_theta) ? rope_theta : field(isNumber, 'rope_theta');

  return {
    architectures: (field(Array.isArray, 'architectures') ?? []).filter(isString),
    modelType: isString(config.model_type) ? config.model_type : null,
    hiddenSize: field(isNumber, 'hidden_size', 'n_embd', 'd_model'),
    layers: field(isNumber, 'num_hidden_layers', 'n_layer', 'num_layers'),
    vocabSize: field(isNumber, 'vocab_size'),
    ropeTheta: theta,
    ropeScaling: isScaled ? canonical({ ...scaling, rope_type: type, type: undefined }) : null,
    tiesEmbeddings: field(isBoolean, 'tie_word_embeddings') ?? tiedByDefault(config, inner),
    dtype: field(isString, 'dtype', 'torch_dtype'),
    quantization: quantizationOf(config) ?? quantizationOf(inner),
  };
}

/** Whether a member of config.json says how weights are quantised. MLX says it under two keys. */
function saysQuantization(key: string, value: unknown): boolean {
  if (key === 'quantization_config' || key === 'compression_config') return true;
  return key === 'quantization' && isObject(value) && 'bits' in value;
}

function quantizationOf(config: Fields): string | null {
  const said = Object.entries(config).find(
    ([key, value]) => saysQuantization(key, value) && isObject(value),
  );
  if (!said) return null;
  const fields = said[1] as Fields;
  if (isString(fields.quant_method)) return fields.quant_method;
  if (isNumber(fields.bits)) return `${fields.bits} bits`;
  return Object.keys(fields).length === 0 ? 'nothing' : 'an unnamed method';
}

const torchName: Readonly<Record<FloatDtype, string>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F64: 'float64',
  F8_E4M3: 'float8_e4m3fn',
  F8_E5M2: 'float8_e5m2',
};

/**
 * The text of a config.json for plain weights: with its dtype set, in the model and in the models within it,
 * and without a word of quantisation. All else stays as it was written: Python tells 8.0 from 8, and
 * transformers warns where a float is expected. With `adds`, a config that names none gets it.
 */
export function correctedConfig(text: string, dtype: FloatDtype, adds = true): string {
  const value = JSON.stringify(torchName[dtype]);
  const places: { readonly begin: number; readonly end: number }[] = [];
  const plain = withoutQuantization(text);
  let atTop = false;
  parseJson(plain, {
    python: true,
    onMember: (path, begin, end) => {
      const key = path.at(-1);
      const isDtype = key === 'dtype' || key === 'torch_dtype';
      if (!isDtype || !isOfModel(path)) return;
      places.push({ begin, end });
      atTop ||= path.length === 1;
    },
  });
  const corrected = places.reduceRight(
    (result, { begin, end }) => result.slice(0, begin) + value + result.slice(end),
    plain,
  );
  if (atTop || !adds) return corrected;
  return editConfig(corrected, [{ path: ['torch_dtype'], value: torchName[dtype] }]);
}

/** A member of the model's config, or of a model's within it. */
function isOfModel(path: readonly string[]): boolean {
  return path.length === 1 || (path.length === 2 && path[0].endsWith('_config'));
}

/** One member after the other, each with its key and one of the commas around it. */
function withoutQuantization(text: string): string {
  let found: { readonly key: string; readonly begin: number; readonly end: number } | null = null;
  const root = parseJson(text, {
    python: true,
    onMember: (path, begin, end) => {
      const key = path.at(-1)!;
      if (isOfModel(path) && /quantization|compression_config/.test(key)) {
        const value = toPlain(parseJson(text.slice(begin, end), { python: true }));
        if (saysQuantization(key, value)) found ??= { key, begin, end };
      }
    },
  });
  if (found === null || !(root instanceof Map)) return text;
  const { key, begin, end } = found as { key: string; begin: number; end: number };
  const before = text.slice(0, text.lastIndexOf(`"${key}"`, begin)).trimEnd();
  const after = text.slice(end);
  return withoutQuantization(
    before.endsWith(',') ? before.slice(0, -1) + after : before + after.replace(/^\s*,/, ''),
  );
}

const words = (text: string) => new Set(text.split(' '));
/** What transformers 4.57 and 5.23 both take for granted where a config has no `tie_word_embeddings`. */
const TIED = words(
  'albert bart bert bloom camembert cohere cohere2 deberta deberta-v2 distilbert electra falcon gemma gemma2 gemma3 gemma3_text gpt2 gpt_bigcode gpt_neo lfm2 marian mbart mobilebert modernbert mpnet mpt opt pegasus roberta smollm3 starcoder2 t5 umt5 whisper xlm-roberta xlnet',
);
const UNTIED = words(
  'arcee deepseek_v2 deepseek_v3 glm glm4 glm4_moe gpt_neox gpt_oss gptj granite llama mistral mixtral nemotron olmo olmo2 olmoe phi phi3 qwen2 qwen2_moe qwen3 qwen3_moe seed_oss stablelm',
);

function tiedByDefault(...configs: readonly Fields[]): boolean | null {
  const types = configs.map(({ model_type }) => String(model_type));
  if (types.some((type) => TIED.has(type))) return true;
  return types.some((type) => UNTIED.has(type)) ? false : null;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}
