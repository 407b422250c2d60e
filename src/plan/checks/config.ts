/** config.json and tokenizer files that disagree between models whose tensors fit. */
import { configFacts } from '../../formats/config.ts';
import { type Companion, type Component, identityOf, type Model } from '../../formats/model.ts';
import { error, note, warning } from '../finding.ts';
import type { Participants } from '../participants.ts';
import type { Finding } from '../types.ts';
import { tokenFixes } from './token-fixes.ts';

type Field = {
  readonly name: string;
  readonly of: (config: Config) => unknown;
  /** Errors are fields that change what tensors of equal shape mean. */
  readonly severity: 'error' | 'warning';
  readonly why: string;
};
type Config = Readonly<Record<string, unknown>>;

/** A field that `configFacts` does not read; models with several towers keep it in `text_config`. */
const plain = (name: string) => (config: Config) =>
  config[name] ?? (config['text_config'] as Config | undefined)?.[name] ?? null;

const FIELDS: readonly Field[] = [
  {
    name: 'architectures',
    of: (config) => configFacts(config).architectures.join(', ') || null,
    severity: 'warning',
    why: 'the models may compute different things',
  },
  {
    name: 'hidden_size',
    of: (config) => configFacts(config).hiddenSize,
    severity: 'error',
    why: 'the models have different widths',
  },
  {
    name: 'num_hidden_layers',
    of: (config) => configFacts(config).layers,
    severity: 'warning',
    why: 'layers of the same number may not be alike',
  },
  ...['num_attention_heads', 'num_key_value_heads', 'head_dim'].map(
    (name): Field => ({
      name,
      of: plain(name),
      severity: 'error',
      why: 'the same matrix is cut into different heads',
    }),
  ),
  {
    name: 'hidden_act',
    of: plain('hidden_act'),
    severity: 'warning',
    why: 'the layers compute something else',
  },
  {
    name: 'rope_theta',
    of: (config) => configFacts(config).ropeTheta,
    severity: 'warning',
    why: 'positions turn at different speeds',
  },
  {
    name: 'rope_scaling',
    of: (config) => configFacts(config).ropeScaling ?? 'none',
    severity: 'warning',
    why: 'long contexts are treated differently',
  },
];

/** Files that decide which token is which row, and files around them. */
const VOCABULARY = /^(?:tokenizer\.(?:json|model)|vocab\.\w+|merges\.txt|spiece\.model)$/;
const AROUND = /^(?:tokenizer_config|special_tokens_map|added_tokens)\.json$|^chat_template\./;

export function checkConfig(who: Participants): readonly Finding[] {
  const { reference, experts, donors } = who;
  const all = new Set([reference, ...experts.map(({ model }) => model)]);
  // Models of other depths are what slices are for.
  const isAsked = ({ name }: Field) => who.stack === null || name !== 'num_hidden_layers';
  const fields = FIELDS.filter(isAsked);
  return [...all].flatMap((model) => [
    ...(model === reference ? [] : checkComponents(reference, model, donors.config, fields)),
    ...(model === donors.tokenizer ? [] : checkTokenizer(who, model)),
  ]);
}

function checkComponents(
  reference: Model,
  model: Model,
  donor: Model,
  fields: readonly Field[],
): readonly Finding[] {
  return reference.components.flatMap((component) => {
    const other = model.components.find(({ name }) => name === component.name);
    return other ? checkFields(fields, reference, component, model, other, donor) : [];
  });
}

function checkFields(
  fields: readonly Field[],
  reference: Model,
  { name: component, config: expectedConfig }: Component,
  model: Model,
  { config }: Component,
  donor: Model,
): readonly Finding[] {
  if (!config || !expectedConfig) return [];
  const file = identityOf(component, 'config.json');
  return fields.flatMap(({ name, of, severity, why }) => {
    const [found, expected] = [of(config), of(expectedConfig)].map(comparable);
    if (found === null || expected === null || found === expected) return [];
    const say = severity === 'error' ? error : warning;
    const message = `${file} of ${model.name} has ${name} ${found}; ${reference.name} has ${expected}: ${why}.`;
    const advice = `Check that both are fine-tunes of one model. The output gets the config.json of ${donor.name}.`;
    return [say('config-differs', message, advice, { place: { model: model.id } })];
  });
}

/** Some models have a number a layer. */
const comparable = (value: unknown) =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;

function checkTokenizer({ donors, tokens }: Participants, model: Model): readonly Finding[] {
  const reference = donors.tokenizer;
  const differing = (pattern: RegExp) =>
    reference.companions
      .filter(({ name }) => pattern.test(name))
      .filter((mine) => differs(mine, model))
      .map(({ name }) => name);
  const [vocabulary, around] = [differing(VOCABULARY), differing(AROUND)];
  const place = { model: model.id };
  const findings: Finding[] = [];
  if (vocabulary.length > 0 && tokens === null) {
    const message = `${vocabulary.join(', ')} of ${model.name} is not the file of ${reference.name}: tokens may mean different rows.`;
    const advice = `The output gets the tokenizer of ${reference.name}. Merge by token, or only models that share the vocabulary.`;
    const fixes = vocabulary.includes('tokenizer.json') ? tokenFixes(reference.name) : [];
    findings.push(warning('tokenizer-differs', message, advice, { place, fixes }));
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
  if (other === undefined) return false;
  if (other.size !== mine.size) return true;
  const kinds = (digests: readonly string[]) => digests.map((digest) => digest.split(':')[0]);
  const comparable = kinds(mine.digests).some((kind) => kinds(other.digests).includes(kind));
  // Stored in two ways on the Hub and of one size: taken to be equal, since nothing says otherwise.
  return comparable && !mine.digests.some((digest) => other.digests.includes(digest));
}
