/** Configs and tensors as the Hub has them, scaled down: correct models, of which nothing is to be said. */
import { expect, test } from 'vitest';
import { claimsOf } from './claims.ts';
import { kindsOf } from './scope.ts';

type Shapes = Readonly<Record<string, readonly number[]>>;

/** `#` stands for each of `count` layers. */
const layers = (count: number, shapes: Shapes): Shapes =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) =>
      Object.entries(shapes).map(([name, shape]) => [name.replace('#', String(i)), shape] as const),
    ).flat(),
  );

const llamaLayers = (prefix: string, count: number, queries = 8, keys = 8) =>
  layers(count, {
    [`${prefix}layers.#.self_attn.q_proj.weight`]: [queries, 8],
    [`${prefix}layers.#.self_attn.k_proj.weight`]: [keys, 8],
    [`${prefix}layers.#.mlp.gate_proj.weight`]: [12, 8],
    [`${prefix}layers.#.input_layernorm.weight`]: [8],
  });

const llama = {
  ...{ model_type: 'llama', vocab_size: 20, hidden_size: 8, intermediate_size: 12 },
  ...{ num_hidden_layers: 2, num_attention_heads: 4 },
};

const clipVision = {
  'vision_tower.vision_model.embeddings.patch_embedding.weight': [6, 3, 2, 2],
  ...layers(3, { 'vision_tower.vision_model.encoder.layers.#.mlp.fc1.weight': [10, 6] }),
  'multi_modal_projector.linear_1.weight': [8, 6],
};

const models: Readonly<Record<string, readonly [object, Shapes]>> = {
  'LLaVA, whose text config says only what is not the default': [
    {
      model_type: 'llava',
      text_config: { model_type: 'llama', vocab_size: 24, max_position_embeddings: 16 },
      vision_config: {
        ...{ model_type: 'clip_vision_model', hidden_size: 6, intermediate_size: 10 },
        ...{ num_hidden_layers: 3, num_attention_heads: 2, patch_size: 2, vocab_size: 32000 },
      },
      vision_feature_layer: -2,
    },
    {
      'language_model.model.embed_tokens.weight': [24, 8],
      ...llamaLayers('language_model.model.', 2),
      ...clipVision,
    },
  ],
  'Qwen2-VL before its config was divided': [
    {
      ...{ ...llama, model_type: 'qwen2_vl', num_key_value_heads: 1 },
      vision_config: { depth: 3, embed_dim: 6, hidden_size: 8, num_heads: 2, patch_size: 14 },
    },
    {
      'model.embed_tokens.weight': [20, 8],
      ...llamaLayers('model.', 2, 8, 2),
      'visual.patch_embed.proj.weight': [6, 3, 2, 14, 14],
      ...layers(3, { 'visual.blocks.#.mlp.fc1.weight': [24, 6] }),
    },
  ],
  'Gemma, whose heads are wider than their share and whose keys are one': [
    { ...llama, model_type: 'gemma', head_dim: 16, num_key_value_heads: 1 },
    { 'model.embed_tokens.weight': [20, 8], ...llamaLayers('model.', 2, 64, 16) },
  ],
  'Gemma 3 with a text config of a few fields': [
    {
      model_type: 'gemma3',
      text_config: {
        ...{ model_type: 'gemma3_text', hidden_size: 8, intermediate_size: 12 },
        num_hidden_layers: 2,
      },
      vision_config: { model_type: 'siglip_vision_model', num_hidden_layers: 3, hidden_size: 6 },
    },
    {
      'language_model.model.embed_tokens.weight': [26, 8],
      ...llamaLayers('language_model.model.', 2, 64, 16),
      ...clipVision,
    },
  ],
  Mixtral: [
    { ...llama, model_type: 'mixtral', num_local_experts: 2, num_key_value_heads: 2 },
    {
      'model.embed_tokens.weight': [20, 8],
      ...layers(2, {
        'model.layers.#.self_attn.q_proj.weight': [8, 8],
        'model.layers.#.self_attn.k_proj.weight': [4, 8],
        'model.layers.#.block_sparse_moe.gate.weight': [2, 8],
        'model.layers.#.block_sparse_moe.experts.0.w1.weight': [12, 8],
        'model.layers.#.block_sparse_moe.experts.1.w1.weight': [12, 8],
      }),
    },
  ],
  'GLM-4 MoE: a dense layer first, and one behind the last that predicts a further token': [
    {
      ...{ ...llama, model_type: 'glm4_moe', head_dim: 4, num_key_value_heads: 2 },
      ...{ n_routed_experts: 2, n_shared_experts: 1, moe_intermediate_size: 5 },
      ...{ num_nextn_predict_layers: 1, first_k_dense_replace: 1 },
    },
    {
      'model.embed_tokens.weight': [20, 8],
      'model.layers.0.mlp.gate_proj.weight': [12, 8],
      ...layers(3, { 'model.layers.#.self_attn.q_proj.weight': [16, 8] }),
      ...layers(3, { 'model.layers.#.self_attn.k_proj.weight': [8, 8] }),
      ...Object.fromEntries(
        [1, 2].flatMap((i) => [
          [`model.layers.${i}.mlp.experts.0.gate_proj.weight`, [5, 8]],
          [`model.layers.${i}.mlp.experts.1.gate_proj.weight`, [5, 8]],
          [`model.layers.${i}.mlp.shared_experts.gate_proj.weight`, [5, 8]],
        ]),
      ),
      'model.layers.2.eh_proj.weight': [8, 16],
      'model.layers.2.embed_tokens.weight': [20, 8],
    },
  ],
  'DeepSeek, whose keys are compressed': [
    {
      ...{ ...llama, model_type: 'deepseek_v3', num_key_value_heads: 4 },
      ...{ kv_lora_rank: 3, qk_nope_head_dim: 5, qk_rope_head_dim: 2, v_head_dim: 5 },
    },
    {
      'model.embed_tokens.weight': [20, 8],
      ...layers(2, { 'model.layers.#.self_attn.q_proj.weight': [28, 8] }),
      ...layers(2, { 'model.layers.#.self_attn.kv_a_proj_with_mqa.weight': [5, 8] }),
    },
  ],
  'GPT-2, whose matrices lie the other way round': [
    {
      ...{ model_type: 'gpt2', n_layer: 2, n_head: 4, n_embd: 8, n_positions: 16, n_ctx: 16 },
      ...{ vocab_size: 20, n_inner: null },
    },
    {
      'wte.weight': [20, 8],
      'wpe.weight': [16, 8],
      ...layers(2, {
        'h.#.attn.c_attn.weight': [8, 24],
        'h.#.mlp.c_fc.weight': [8, 32],
        'h.#.attn.bias': [1, 1, 16, 16],
      }),
    },
  ],
  'Falcon, whose heads share one key and lie in one matrix': [
    {
      model_type: 'falcon',
      multi_query: true,
      hidden_size: 8,
      num_attention_heads: 4,
      num_hidden_layers: 2,
      vocab_size: 20,
    },
    {
      'transformer.word_embeddings.weight': [20, 8],
      ...layers(2, { 'transformer.h.#.self_attention.query_key_value.weight': [12, 8] }),
    },
  ],
  'T5 with fewer layers in the decoder': [
    {
      ...{ model_type: 't5', d_model: 8, d_ff: 20, d_kv: 4, num_heads: 3, vocab_size: 20 },
      ...{ num_layers: 2, num_decoder_layers: 1 },
    },
    {
      'shared.weight': [20, 8],
      ...layers(2, {
        'encoder.block.#.layer.0.SelfAttention.q.weight': [12, 8],
        'encoder.block.#.layer.1.DenseReluDense.wi_0.weight': [20, 8],
      }),
      'decoder.block.0.layer.0.SelfAttention.q.weight': [12, 8],
      'decoder.block.0.layer.2.DenseReluDense.wi_0.weight': [20, 8],
    },
  ],
  'the encoder of a T5 alone': [
    {
      model_type: 't5',
      d_model: 8,
      d_ff: 20,
      d_kv: 4,
      num_heads: 3,
      num_layers: 2,
      num_decoder_layers: 5,
    },
    {
      'shared.weight': [20, 8],
      ...layers(2, { 'encoder.block.#.layer.0.SelfAttention.q.weight': [12, 8] }),
    },
  ],
  BART: [
    {
      ...{ model_type: 'bart', d_model: 8, encoder_layers: 2, decoder_layers: 3, vocab_size: 20 },
      ...{ num_hidden_layers: 2, encoder_attention_heads: 2, decoder_attention_heads: 4 },
      ...{ max_position_embeddings: 16, encoder_ffn_dim: 24 },
    },
    {
      'model.shared.weight': [20, 8],
      'model.encoder.embed_positions.weight': [18, 8],
      ...layers(2, { 'model.encoder.layers.#.self_attn.q_proj.weight': [8, 8] }),
      ...layers(3, { 'model.decoder.layers.#.self_attn.q_proj.weight': [8, 8] }),
    },
  ],
  'BERT with labels that an old config counts in two ways': [
    {
      ...{ model_type: 'bert', architectures: ['BertForSequenceClassification'], num_labels: 3 },
      ...{ id2label: { 0: 'LABEL_0', 1: 'LABEL_1' }, hidden_size: 8, num_attention_heads: 4 },
      ...{ num_hidden_layers: 2, intermediate_size: 16, vocab_size: 20, type_vocab_size: 2 },
      max_position_embeddings: 16,
    },
    {
      'bert.embeddings.word_embeddings.weight': [20, 8],
      'bert.embeddings.position_embeddings.weight': [16, 8],
      'bert.embeddings.token_type_embeddings.weight': [2, 8],
      ...layers(2, {
        'bert.encoder.layer.#.attention.self.query.weight': [8, 8],
        'bert.encoder.layer.#.intermediate.dense.weight': [16, 8],
      }),
      'bert.pooler.dense.weight': [8, 8],
      'classifier.weight': [3, 8],
    },
  ],
  'ALBERT, whose layers are one': [
    {
      model_type: 'albert',
      num_hidden_layers: 12,
      num_hidden_groups: 1,
      hidden_size: 8,
      embedding_size: 4,
      vocab_size: 20,
    },
    {
      'albert.embeddings.word_embeddings.weight': [20, 4],
      'albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.weight': [16, 8],
    },
  ],
  'ELECTRA, whose embedding is narrower': [
    {
      model_type: 'electra',
      num_hidden_layers: 1,
      hidden_size: 8,
      embedding_size: 4,
      vocab_size: 20,
    },
    {
      'electra.embeddings.word_embeddings.weight': [20, 4],
      'electra.encoder.layer.0.attention.self.query.weight': [8, 8],
    },
  ],
  ViT: [
    {
      ...{ model_type: 'vit', architectures: ['ViTForImageClassification'], hidden_size: 8 },
      ...{ num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 16, patch_size: 4 },
      ...{ num_channels: 3, image_size: 16, id2label: { 0: 'cat', 1: 'dog', 2: 'cow' } },
    },
    {
      'vit.embeddings.position_embeddings': [1, 17, 8],
      'vit.embeddings.patch_embeddings.projection.weight': [8, 3, 4, 4],
      ...layers(2, { 'vit.encoder.layer.#.attention.attention.query.weight': [8, 8] }),
      'classifier.weight': [3, 8],
    },
  ],
  Mamba: [
    {
      model_type: 'mamba',
      vocab_size: 20,
      hidden_size: 8,
      num_hidden_layers: 2,
      n_layer: 2,
      intermediate_size: 16,
      state_size: 4,
    },
    {
      'backbone.embeddings.weight': [20, 8],
      ...layers(2, { 'backbone.layers.#.mixer.in_proj.weight': [32, 8] }),
    },
  ],
  'Mamba of its authors, who pad the vocabulary': [
    { d_model: 8, n_layer: 2, vocab_size: 17, pad_vocab_size_multiple: 8, ssm_cfg: {} },
    {
      'backbone.embedding.weight': [24, 8],
      'lm_head.weight': [24, 8],
      ...layers(2, { 'backbone.layers.#.mixer.in_proj.weight': [32, 8] }),
    },
  ],
  'OLMo of its authors, who pad it as well, and call that the size of the embedding': [
    {
      model_type: 'hf_olmo',
      d_model: 8,
      embedding_size: 24,
      vocab_size: 17,
      n_layers: 2,
      n_heads: 4,
      mlp_hidden_size: 22,
    },
    {
      'model.transformer.wte.weight': [24, 8],
      ...layers(2, { 'model.transformer.blocks.#.att_proj.weight': [24, 8] }),
    },
  ],
  ChatGLM: [
    {
      model_type: 'chatglm',
      hidden_size: 8,
      num_layers: 2,
      num_attention_heads: 4,
      multi_query_group_num: 2,
      padded_vocab_size: 24,
      ffn_hidden_size: 12,
    },
    {
      'transformer.embedding.word_embeddings.weight': [24, 8],
      ...layers(2, {
        'transformer.encoder.layers.#.self_attention.query_key_value.weight': [16, 8],
      }),
    },
  ],
  Whisper: [
    {
      model_type: 'whisper',
      d_model: 8,
      encoder_layers: 1,
      decoder_layers: 2,
      num_hidden_layers: 1,
      vocab_size: 20,
      max_target_positions: 9,
    },
    {
      'model.decoder.embed_tokens.weight': [20, 8],
      'model.encoder.layers.0.fc1.weight': [16, 8],
      ...layers(2, { 'model.decoder.layers.#.fc1.weight': [16, 8] }),
    },
  ],
  'OPT, whose embedding is projected': [
    {
      model_type: 'opt',
      hidden_size: 8,
      word_embed_proj_dim: 4,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      ffn_dim: 16,
      vocab_size: 20,
      max_position_embeddings: 16,
    },
    {
      'model.decoder.embed_tokens.weight': [20, 4],
      'model.decoder.embed_positions.weight': [18, 8],
      ...layers(2, { 'model.decoder.layers.#.self_attn.q_proj.weight': [8, 8] }),
    },
  ],
  'CLIP with the texts of old configs': [
    {
      model_type: 'clip',
      text_config: {
        model_type: 'clip_text_model',
        vocab_size: 20,
        hidden_size: 8,
        num_attention_heads: 2,
        num_hidden_layers: 2,
        max_position_embeddings: 9,
      },
      text_config_dict: null,
      vision_config: {
        model_type: 'clip_vision_model',
        hidden_size: 6,
        num_attention_heads: 2,
        num_hidden_layers: 1,
        patch_size: 4,
        image_size: 8,
      },
    },
    {
      'text_model.embeddings.token_embedding.weight': [20, 8],
      'text_model.embeddings.position_embedding.weight': [9, 8],
      ...layers(2, { 'text_model.encoder.layers.#.self_attn.q_proj.weight': [8, 8] }),
      'vision_model.embeddings.patch_embedding.weight': [6, 3, 4, 4],
      'vision_model.embeddings.position_embedding.weight': [5, 6],
      'vision_model.encoder.layers.0.self_attn.q_proj.weight': [6, 6],
      'text_projection.weight': [5, 8],
      'visual_projection.weight': [5, 6],
    },
  ],
  'a transformer of diffusers': [
    {
      _class_name: 'FluxTransformer2DModel',
      num_layers: 2,
      num_single_layers: 3,
      num_attention_heads: 4,
      attention_head_dim: 2,
      patch_size: 1,
    },
    {
      ...layers(2, { 'transformer_blocks.#.attn.to_q.weight': [8, 8] }),
      ...layers(3, { 'single_transformer_blocks.#.attn.to_q.weight': [8, 8] }),
    },
  ],
  'a model of timm': [
    { architecture: 'vit_base_patch16_224', num_classes: 10, num_features: 8, pretrained_cfg: {} },
    {
      'patch_embed.proj.weight': [8, 3, 16, 16],
      ...layers(2, { 'blocks.#.attn.qkv.weight': [24, 8] }),
      'head.weight': [10, 8],
    },
  ],
  'Jamba, of two kinds of layers': [
    { ...llama, model_type: 'jamba', num_hidden_layers: 2, num_experts: 2, attn_layer_period: 2 },
    {
      'model.embed_tokens.weight': [20, 8],
      'model.layers.0.mamba.in_proj.weight': [32, 8],
      'model.layers.1.self_attn.q_proj.weight': [8, 8],
      'model.layers.1.feed_forward.experts.0.gate_proj.weight': [12, 8],
    },
  ],
  'numbers written as text, or one for each layer': [
    {
      ...llama,
      vocab_size: '30',
      num_hidden_layers: '9',
      num_key_value_heads: [4, 2],
      intermediate_size: [12, 16],
    },
    { 'model.embed_tokens.weight': [20, 8], ...llamaLayers('model.', 2, 8, 4) },
  ],
};

test.each(Object.entries(models))('%s', (_, [config, shapes]) => {
  const tensors = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
  expect(claimsOf(config as Readonly<Record<string, unknown>>, kindsOf(tensors))).toEqual([]);
});
