import { f32, type Metadata, string, u32 } from './container.ts';
import { elsewhere, refusal } from './refusal.ts';
import type { Settings } from './settings.ts';

type Fields = Readonly<Record<string, unknown>>;

export type Rope = {
  readonly metadata: Metadata;
  /** What each frequency is divided by, one for every two elements of a head; null where nothing is. */
  readonly factors: readonly number[] | null;
};

/**
 * Rotary positions as a GGUF tells them: key-values, and for Llama 3's scaling a tensor of factors. transformers 5
 * writes `rope_parameters`, 4 `rope_theta` beside `rope_scaling`. Throws FormatError naming a kind that llama.cpp has no
 * key-values for.
 */
export function ropeOf(settings: Settings, architecture: string): Rope {
  const fields = fieldsOf(settings);
  const theta = numberIn(fields, 'rope_theta') ?? settings.maybe('rope_theta') ?? 10_000;
  const kind = String(fields['rope_type'] ?? fields['type'] ?? 'default').toLowerCase();
  const base = [`${architecture}.rope.freq_base`, f32(theta)] as const;
  const scaling = `${architecture}.rope.scaling`;
  switch (kind) {
    case 'default':
      return { metadata: [base], factors: null };
    case 'linear': {
      const factor = needed(fields, 'factor');
      const metadata: Metadata = [
        [`${scaling}.type`, string('linear')],
        [`${scaling}.factor`, f32(factor)],
        base,
      ];
      return { metadata, factors: null };
    }
    case 'yarn':
      return { metadata: [...yarn(fields, scaling, settings), base], factors: null };
    case 'llama3':
      return { metadata: [base], factors: llama3Factors(fields, settings, theta) };
    default:
      throw refusal({
        file: 'config.json',
        found: `rotary positions of the kind "${kind}"`,
        expected: 'default, linear, yarn or llama3',
        advice: elsewhere,
      });
  }
}

function fieldsOf(settings: Settings): Fields {
  const found = settings.fields['rope_parameters'] ?? settings.fields['rope_scaling'];
  return typeof found === 'object' && found !== null ? (found as Fields) : {};
}

function yarn(fields: Fields, scaling: string, settings: Settings): Metadata {
  const original =
    numberIn(fields, 'original_max_position_embeddings') ??
    settings.maybe('original_max_position_embeddings') ??
    settings.count('max_position_embeddings');
  const optional = [
    ['yarn_ext_factor', numberIn(fields, 'extrapolation_factor')],
    ['yarn_attn_factor', numberIn(fields, 'attention_factor') ?? numberIn(fields, 'attn_factor')],
    ['yarn_beta_fast', numberIn(fields, 'beta_fast')],
    ['yarn_beta_slow', numberIn(fields, 'beta_slow')],
  ] as const;
  return [
    [`${scaling}.type`, string('yarn')],
    [`${scaling}.factor`, f32(needed(fields, 'factor'))],
    [`${scaling}.original_context_length`, u32(original)],
    ...optional.flatMap(([key, value]) =>
      value === null ? [] : [[`${scaling}.${key}`, f32(value)] as const],
    ),
  ];
}

/**
 * What Llama 3.1 divides each frequency by: 1 where its wave is short, `factor` where it is longer than the context the
 * model was first trained on, and between them a mean that moves from one to the other.
 */
function llama3Factors(fields: Fields, settings: Settings, theta: number): readonly number[] {
  const size = settings.headSize();
  const factor = needed(fields, 'factor');
  const low = numberIn(fields, 'low_freq_factor') ?? 1;
  const high = numberIn(fields, 'high_freq_factor') ?? 4;
  const context = numberIn(fields, 'original_max_position_embeddings') ?? 8192;
  const { fround } = Math;
  return Array.from({ length: size / 2 }, (_, k) => {
    const frequency = fround(1 / fround(theta ** fround((2 * k) / size)));
    const wave = fround((2 * Math.PI) / frequency);
    if (wave < context / high) return 1;
    if (wave > context / low) return factor;
    const share = fround(fround(fround(context / wave) - low) / (high - low));
    return fround(1 / fround(fround(fround(1 - share) / factor) + share));
  });
}

function needed(fields: Fields, key: string): number {
  const value = numberIn(fields, key);
  if (value !== null) return value;
  throw refusal({
    file: 'config.json',
    found: `no number "${key}" in its scaling of rotary positions`,
    expected: 'one',
    advice: 'Take config.json again from where the model came from.',
  });
}

function numberIn(fields: Fields, key: string): number | null {
  const value = fields[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
