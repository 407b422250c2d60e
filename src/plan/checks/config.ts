/** config.json and tokenizer files that disagree between models whose tensors fit. */
import type { Companion, Model } from '../../formats/model.ts';
import { canonicalJson } from '../../recipe/canonical.ts';
import { error, note, warning } from '../finding.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';

/** Why it matters when a field differs. Errors are fields that change the meaning of equal shapes. */
const FIELDS: readonly {
  readonly field: string;
  readonly severity: 'error' | 'warning';
  readonly why: string;
}[] = [
  { field: 'architectures', severity: 'warning', why: 'the models may compute different things' },
  { field: 'model_type', severity: 'warning', why: 'the models may compute different things' },
  { field: 'hidden_size', severity: 'error', why: 'the models have different widths' },
  { field: 'num_hidden_layers', severity: 'warning', why: 'layers of one number are not alike' },
  { field: 'num_attention_heads', severity: 'error', why: 'heads are cut differently' },
  { field: 'num_key_value_heads', severity: 'error', why: 'heads are cut differently' },
  { field: 'head_dim', severity: 'error', why: 'heads are cut differently' },
  { field: 'hidden_act', severity: 'warning', why: 'the layers compute something else' },
  { field: 'rope_theta', severity: 'warning', why: 'positions turn at different speeds' },
  { field: 'rope_scaling', severity: 'warning', why: 'long contexts are treated differently' },
  { field: 'rope_parameters', severity: 'warning', why: 'positions turn at different speeds' },
];

/** Files that decide which token is which row, and files around them. */
const VOCABULARY = /^(?:tokenizer\.(?:json|model)|vocab\.\w+|merges\.txt|spiece\.model)$/;
const AROUND = /^(?:tokenizer_config|special_tokens_map|added_tokens)\.json$|^chat_template\./;

export function checkConfig({ reference, experts }: Participants): readonly Finding[] {
  const others = new Set(experts.map(({ model }) => model).filter((model) => model !== reference));
  return [...others].flatMap((model) => [
    ...checkFields(reference, model),
    ...checkTokenizer(reference, model),
  ]);
}

function checkFields(reference: Model, model: Model): readonly Finding[] {
  if (!reference.config || !model.config) return [];
  return FIELDS.flatMap(({ field, severity, why }) => {
    const [found, expected] = [fieldOf(model, field), fieldOf(reference, field)];
    if (found === undefined || expected === undefined) return [];
    if (canonicalJson(found) === canonicalJson(expected)) return [];
    const say = severity === 'error' ? error : warning;
    const message = `config.json of ${model.name} has ${field} ${text(found)}; ${reference.name} has ${text(expected)}: ${why}.`;
    const advice = `Check that both are fine-tunes of one model. The output gets the config.json of ${reference.name}.`;
    return [say('config-differs', message, advice, { place: { model: model.id } })];
  });
}

/** Models with several towers keep the language model's fields in `text_config`. */
function fieldOf({ config }: Model, field: string): unknown {
  const inner = config?.['text_config'] as Readonly<Record<string, unknown>> | undefined;
  return config?.[field] ?? inner?.[field];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : canonicalJson(value);
}

function checkTokenizer(reference: Model, model: Model): readonly Finding[] {
  const differing = (pattern: RegExp) =>
    reference.companions
      .filter(({ name }) => pattern.test(name))
      .filter((mine) => differs(mine, model))
      .map(({ name }) => name);
  const [vocabulary, around] = [differing(VOCABULARY), differing(AROUND)];
  const place = { model: model.id };
  const findings: Finding[] = [];
  if (vocabulary.length > 0) {
    const message = `${vocabulary.join(', ')} of ${model.name} is not the file of ${reference.name}: tokens may mean different rows.`;
    const advice = `The output gets the tokenizer of ${reference.name}. Merge only models that share the vocabulary.`;
    findings.push(warning('tokenizer-differs', message, advice, { place }));
  }
  if (around.length > 0) {
    const message = `${around.join(', ')} of ${model.name} is not the file of ${reference.name}: special tokens or the chat template may differ.`;
    const advice = `The output gets the files of ${reference.name}.`;
    findings.push(note('tokenizer-differs', message, advice, { place }));
  }
  return findings;
}

function differs(mine: Companion, model: Model): boolean {
  const other = model.companions.find(({ name }) => name === mine.name);
  return other !== undefined && other.sha256 !== mine.sha256;
}
