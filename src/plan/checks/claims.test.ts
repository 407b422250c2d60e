import { describe, expect, test } from 'vitest';
import { type HeaderTensor, headerModel } from '../../testing/model.ts';
import { findingsOf, planned, recipeOf } from '../../testing/planning.ts';

type Tensors = Readonly<Record<string, HeaderTensor>>;

/** A Llama of two layers, 4 wide, with 2 heads that share 1 key head, as its config says. */
const config = {
  ...{ model_type: 'llama', vocab_size: 10, hidden_size: 4, intermediate_size: 6 },
  ...{ num_hidden_layers: 2, num_attention_heads: 2, num_key_value_heads: 1 },
};
const layer = (i: number): Tensors => ({
  [`model.layers.${i}.self_attn.q_proj.weight`]: ['F32', [4, 4]],
  [`model.layers.${i}.self_attn.k_proj.weight`]: ['F32', [2, 4]],
  [`model.layers.${i}.mlp.gate_proj.weight`]: ['F32', [6, 4]],
});
const tensors: Tensors = {
  'model.embed_tokens.weight': ['F32', [10, 4]],
  ...layer(0),
  ...layer(1),
};

function made(id: string, change: object, weights: Tensors = tensors) {
  const all = { ...config, ...change };
  return headerModel(id, weights, {
    config: all,
    companions: { 'config.json': JSON.stringify(all) },
  });
}

/** What is said of a base with such a config, and the config of the output. */
function outcome(change: object, weights: Tensors = tensors) {
  const [base, expert] = [made('base', change, weights), made('expert', change, weights)];
  const plan = planned(recipeOf(base, [expert]), [base, expert]);
  const file = plan.sideFiles.find(({ name }) => name === 'config.json') as { text: string };
  const said = plan.findings.filter(({ place }) => place.model === 'base');
  return { said, output: JSON.parse(file.text) };
}

test('a config that says what the tensors have is nothing to speak of', () => {
  expect(outcome({}).said).toEqual([]);
});

describe('what the tensors show is made true in the output', () => {
  test.each([
    ['vocab_size', 12, 10, 'model.embed_tokens.weight has 10 rows'],
    ['intermediate_size', 8, 6, 'model.layers.0.mlp.gate_proj.weight has 6 rows'],
    ['num_hidden_layers', 4, 2, 'model.layers has 2 layers'],
    ['num_hidden_layers', 1, 2, 'model.layers has 2 layers'],
    ['num_key_value_heads', 2, 1, 'model.layers.0.self_attn.k_proj.weight has 2 rows, not 2 × 2'],
  ])('%s %i becomes %i', (field, claimed, found, words) => {
    const { said, output } = outcome({ [field]: claimed });
    expect(said).toMatchObject([
      {
        ...{ code: 'config-claims', severity: 'warning', place: { model: 'base' } },
        message: expect.stringContaining(
          `config.json of base says ${field} ${claimed}, but ${words}: transformers `,
        ),
        advice: `The output’s config.json says ${field} ${found}.`,
      },
    ]);
    expect(output).toMatchObject({ ...config, [field]: found });
  });

  test('with a width of its own a head tells how many there are', () => {
    expect(outcome({ head_dim: 2, num_attention_heads: 4 }).output.num_attention_heads).toBe(2);
  });

  test('lists with an entry a layer follow a smaller number of layers', () => {
    const kinds = ['full', 'sliding', 'full', 'sliding'];
    const { output } = outcome({ num_hidden_layers: 4, layer_types: kinds });
    expect(output).toMatchObject({ num_hidden_layers: 2, layer_types: ['full', 'sliding'] });
  });

  test('experts are counted, whole or fused', () => {
    const separate: Tensors = {
      'model.layers.0.mlp.experts.0.up_proj.weight': ['F32', [4, 4]],
      'model.layers.0.mlp.experts.1.up_proj.weight': ['F32', [4, 4]],
    };
    const moe = { num_experts: 4, num_hidden_layers: 1, intermediate_size: 4 };
    expect(outcome(moe, separate).output.num_experts).toBe(2);
    const fused: Tensors = { 'model.layers.0.mlp.experts.gate_up_proj': ['F32', [3, 4, 8]] };
    expect(outcome(moe, fused).output.num_experts).toBe(3);
  });

  test('a text model within is corrected where its config lies', () => {
    const weights: Tensors = {
      'model.language_model.embed_tokens.weight': ['F32', [10, 4]],
      'model.vision_tower.encoder.layers.0.mlp.fc1.weight': ['F32', [9, 3]],
    };
    const inner = {
      ...{ model_type: 'gemma3', vocab_size: undefined },
      text_config: { model_type: 'gemma3_text', vocab_size: 11, hidden_size: 4 },
      vision_config: { model_type: 'siglip_vision_model', intermediate_size: 8 },
    };
    const { said, output } = outcome(inner, weights);
    expect(said.map(({ message }) => message.split(':')[0])).toEqual([
      'config.json of base says text_config.vocab_size 11, but model.language_model.embed_tokens.weight has 10 rows',
      'config.json of base says vision_config.intermediate_size 8, but model.vision_tower.encoder.layers.0.mlp.fc1.weight has 9 rows',
    ]);
    expect(output.text_config.vocab_size).toBe(10);
    expect(output.vision_config.intermediate_size).toBe(9);
  });
});

describe('labels of a classifier', () => {
  const head = (rows: number): Tensors => ({
    ...tensors,
    'score.weight': ['F32', [rows, 4]],
  });
  const named = (...labels: readonly string[]) => ({
    architectures: ['LlamaForSequenceClassification'],
    id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
  });
  const architectures = ['LlamaForSequenceClassification'];

  test('two are meant where none are stated, and the output states what there is', () => {
    const { said, output } = outcome({ architectures }, head(5));
    expect(said).toMatchObject([
      {
        message:
          'config.json of base says nothing of labels, which means 2, but score.weight has 5 rows: transformers does not load a model whose shapes differ from its config.',
        advice: 'The output’s config.json says num_labels 5.',
      },
    ]);
    expect(output.num_labels).toBe(5);
    expect(outcome({ architectures, num_labels: 3 }, head(5)).output.num_labels).toBe(5);
  });

  test('names that are too few are not made up', () => {
    const { said, output } = outcome(named('no', 'yes'), head(3));
    expect(said[0].message).toContain('id2label for 2 labels, but score.weight has 3 rows');
    expect(output.id2label).toEqual({ 0: 'no', 1: 'yes' });
  });

  test('what fits is nothing to speak of, nor is the head of another task', () => {
    expect(outcome(named('a', 'b', 'c'), head(3)).said).toEqual([]);
    expect(outcome({ architectures, num_labels: 3 }, head(3)).said).toEqual([]);
    expect(outcome({ ...named('a', 'b'), num_labels: 3 }, head(3)).said).toEqual([]);
    expect(outcome({ architectures: ['LlamaForRewards'] }, head(7)).said).toEqual([]);
  });

  test('a head that is kept brings its labels along', () => {
    const base = made('base', named('no', 'yes'), head(2));
    const expert = made('expert', named('a', 'b', 'c'), head(3));
    const from = { kind: 'model', model: 'expert' } as const;
    const keeps = [{ id: 'k', filter: { kind: 'task head' }, from } as const];
    const plan = planned(recipeOf(base, [expert], { keeps }), [base, expert]);
    expect(plan.findings.map(({ code }) => code)).not.toContain('config-claims');
  });
});

test('the config of a component is held against its own tensors, and corrected in its folder', () => {
  const text = {
    model_type: 'clip_text_model',
    vocab_size: 9,
    hidden_size: 4,
    num_hidden_layers: 1,
  };
  const pipeline = (id: string) =>
    headerModel(
      id,
      {
        'unet/conv_in.weight': ['F32', [4, 4, 3, 3]],
        'text_encoder/text_model.embeddings.token_embedding.weight': ['F32', [8, 4]],
        'text_encoder/text_model.encoder.layers.0.mlp.fc1.weight': ['F32', [6, 4]],
      },
      {
        config: null,
        components: ['', 'unet', 'text_encoder'],
        companions: {
          'unet/config.json': JSON.stringify({
            _class_name: 'UNet2DConditionModel',
            num_layers: 3,
          }),
          'text_encoder/config.json': JSON.stringify(text),
        },
      },
    );
  const models = [pipeline('base'), pipeline('expert')];
  const plan = planned(recipeOf(models[0], [models[1]]), models);
  expect(plan.findings.filter(({ place }) => place.model === 'base')).toMatchObject([
    {
      code: 'config-claims',
      message: expect.stringContaining('text_encoder/config.json of base says vocab_size 9'),
      place: { tensor: 'text_encoder/text_model.embeddings.token_embedding.weight' },
    },
  ]);
  const file = plan.sideFiles.find(({ name }) => name === 'text_encoder/config.json');
  expect(JSON.parse((file as { text: string }).text).vocab_size).toBe(8);
});

describe('what cannot be made true is said', () => {
  test.each([
    ['another width', { hidden_size: 8, head_dim: 2 }, 'hidden_size 8', 'has 4 columns'],
    ['heads that do not fit', { head_dim: 3 }, 'num_attention_heads 2', 'has 4 rows, not 2 × 3'],
  ])('%s', (_, change, claim, words) => {
    const { said, output } = outcome(change);
    const finding = said.find(({ message }) => message.includes(claim));
    expect(finding?.message).toContain(words);
    expect(finding?.advice).toContain('correct config.json first');
    expect(output).toMatchObject(change);
  });

  test('a layer that is lacking in between', () => {
    const weights = {
      'model.embed_tokens.weight': tensors['model.embed_tokens.weight'],
      ...layer(0),
      ...layer(2),
    };
    const { said, output } = outcome({ num_hidden_layers: 3 }, weights);
    expect(said.map(({ message }) => message)).toEqual([
      'config.json of base says num_hidden_layers 3, but model.layers lacks layer 1: transformers fills what is not there with random values.',
    ]);
    expect(output.num_hidden_layers).toBe(3);
  });

  test('the config of an expert, which does not go into the output', () => {
    const [base, expert] = [made('base', {}), made('expert', { vocab_size: 12 })];
    const found = findingsOf(recipeOf(base, [expert]), [base, expert]);
    expect(found.filter(({ code }) => code === 'config-claims')).toMatchObject([
      {
        code: 'config-claims',
        place: { model: 'expert' },
        advice:
          'The output gets the config.json of base. Check that these weights belong to their config.',
      },
    ]);
  });
});

describe('silent where counting is another', () => {
  test('layers that predict further tokens are not counted', () => {
    const weights = { ...tensors, ...layer(2) };
    expect(outcome({ num_nextn_predict_layers: 1 }, weights).said).toEqual([]);
  });

  test('architectures that share layers, or are not known', () => {
    for (const model_type of ['albert', 'zamba2', 'something_new']) {
      expect(outcome({ model_type, num_hidden_layers: 12, num_attention_heads: 8 }).said).toEqual(
        [],
      );
    }
  });

  test('code of one’s own, which may pad the vocabulary, but not leave out rows', () => {
    const own = { model_type: 'hf_olmo', embedding_size: 10, num_hidden_layers: 9 };
    expect(outcome({ ...own, vocab_size: 7 }).said).toEqual([]);
    expect(outcome({ ...own, vocab_size: 12 }).said).toHaveLength(1);
    expect(
      outcome({ model_type: undefined, _class_name: 'SomeTransformer', vocab_size: 12 }).said,
    ).toEqual([]);
  });

  test('fields that are absent or no numbers, whose defaults differ from type to type', () => {
    for (const odd of [undefined, null, 'many', [2, 2], 0]) {
      const change = Object.fromEntries(Object.keys(config).map((key) => [key, odd]));
      expect(outcome({ ...change, model_type: 'mistral' }).said).toEqual([]);
      expect(outcome({ num_key_value_heads: odd, model_type: 'mistral' }).said).toEqual([]);
    }
    const wide: Tensors = {
      ...tensors,
      'model.layers.0.self_attn.q_proj.weight': ['F32', [16, 4]],
      'model.layers.1.self_attn.q_proj.weight': ['F32', [16, 4]],
      'model.layers.0.self_attn.k_proj.weight': ['F32', [8, 4]],
      'model.layers.1.self_attn.k_proj.weight': ['F32', [8, 4]],
    };
    for (const model_type of ['gemma2', 'qwen3', undefined]) {
      expect(outcome({ model_type }, wide).said).toEqual([]);
      expect(outcome({ model_type, num_key_value_heads: 2 }, wide).said).toHaveLength(1);
    }
  });

  test('a decoder of its own goes by its own number of layers', () => {
    const decoder = Object.fromEntries(
      [0, 1].map((i) => [`model.decoder.layers.${i}.fc1.weight`, ['F32', [6, 4]] as const]),
    );
    const bart = { model_type: 'bart', encoder_layers: 6, num_hidden_layers: 6, d_model: 4 };
    expect(outcome({ ...bart, decoder_layers: 2 }, decoder).said).toEqual([]);
    expect(outcome({ ...bart, decoder_layers: 3 }, decoder).output.decoder_layers).toBe(2);
  });

  test('sizes that differ from layer to layer', () => {
    const weights: Tensors = { ...tensors, 'model.layers.1.mlp.gate_proj.weight': ['F32', [8, 4]] };
    expect(outcome({}, weights).said).toEqual([]);
  });
});
