import { expect, test } from 'vitest';
import type { TensorGroup } from '../recipe/recipe.ts';
import { placeOf } from './groups.ts';

type Row = readonly [name: string, group: TensorGroup, layer: number | null];

/** Names as the checkpoints of each family on the Hub have them. */
const families: Readonly<Record<string, readonly Row[]>> = {
  'llama, mistral, qwen2, gemma, olmo2': [
    ['model.embed_tokens.weight', 'embeddings', null],
    ['model.layers.0.self_attn.q_proj.weight', 'attention', 0],
    ['model.layers.11.self_attn.o_proj.bias', 'attention', 11],
    ['model.layers.31.mlp.down_proj.weight', 'mlp', 31],
    ['model.layers.3.input_layernorm.weight', 'norms', 3],
    ['model.layers.3.self_attn.q_norm.weight', 'norms', 3],
    ['model.layers.0.self_attn.rotary_emb.inv_freq', 'attention', 0],
    ['model.norm.weight', 'norms', null],
    ['lm_head.weight', 'head', null],
  ],
  'llama, original': [
    ['tok_embeddings.weight', 'embeddings', null],
    ['layers.4.attention.wq.weight', 'attention', 4],
    ['layers.4.feed_forward.w1.weight', 'mlp', 4],
    ['layers.4.attention_norm.weight', 'norms', 4],
    ['layers.4.ffn_norm.weight', 'norms', 4],
    ['output.weight', 'head', null],
  ],
  'mixtral, qwen3-moe, granite-moe, llama4': [
    ['model.layers.2.block_sparse_moe.gate.weight', 'mlp', 2],
    ['model.layers.2.block_sparse_moe.experts.7.w3.weight', 'mlp', 2],
    ['model.layers.2.mlp.experts.120.gate_proj.weight', 'mlp', 2],
    ['model.layers.2.mlp.shared_expert_gate.weight', 'mlp', 2],
    ['model.layers.2.block_sparse_moe.input_linear.weight', 'mlp', 2],
    ['language_model.model.layers.2.feed_forward.experts.gate_up_proj', 'mlp', 2],
    ['language_model.model.layers.2.feed_forward.router.weight', 'mlp', 2],
  ],
  deepseek: [
    ['model.layers.5.self_attn.kv_a_proj_with_mqa.weight', 'attention', 5],
    ['model.layers.5.self_attn.kv_a_layernorm.weight', 'norms', 5],
    ['model.layers.5.mlp.gate.e_score_correction_bias', 'mlp', 5],
    ['model.layers.61.embed_tokens.weight', 'embeddings', 61],
    ['model.layers.61.shared_head.head.weight', 'head', 61],
    ['model.layers.61.eh_proj.weight', 'other', 61],
  ],
  gpt2: [
    ['wte.weight', 'embeddings', null],
    ['transformer.wpe.weight', 'embeddings', null],
    ['h.0.attn.c_attn.weight', 'attention', 0],
    ['transformer.h.10.attn.c_proj.bias', 'attention', 10],
    ['h.0.mlp.c_proj.weight', 'mlp', 0],
    ['h.0.ln_1.weight', 'norms', 0],
    ['ln_f.bias', 'norms', null],
  ],
  'gpt-neox, pythia': [
    ['gpt_neox.embed_in.weight', 'embeddings', null],
    ['gpt_neox.layers.3.attention.query_key_value.weight', 'attention', 3],
    ['gpt_neox.layers.3.mlp.dense_4h_to_h.weight', 'mlp', 3],
    ['gpt_neox.final_layer_norm.weight', 'norms', null],
    ['embed_out.weight', 'head', null],
  ],
  gptj: [
    ['transformer.h.3.attn.q_proj.weight', 'attention', 3],
    ['transformer.h.3.mlp.fc_in.weight', 'mlp', 3],
  ],
  'bloom, falcon': [
    ['transformer.word_embeddings.weight', 'embeddings', null],
    ['word_embeddings_layernorm.weight', 'norms', null],
    ['h.1.self_attention.dense.weight', 'attention', 1],
    ['transformer.h.1.mlp.dense_h_to_4h.weight', 'mlp', 1],
    ['transformer.h.1.ln_attn.weight', 'norms', 1],
  ],
  'mpt, dbrx': [
    ['transformer.blocks.3.attn.Wqkv.weight', 'attention', 3],
    ['transformer.blocks.3.ffn.up_proj.weight', 'mlp', 3],
    ['transformer.blocks.3.norm_attn_norm.attn.Wqkv.weight', 'attention', 3],
    ['transformer.blocks.3.norm_attn_norm.norm_1.weight', 'norms', 3],
    ['transformer.blocks.3.ffn.experts.mlp.w1', 'mlp', 3],
    ['transformer.norm_f.weight', 'norms', null],
  ],
  opt: [
    ['model.decoder.embed_positions.weight', 'embeddings', null],
    ['model.decoder.layers.0.fc1.weight', 'mlp', 0],
    ['model.decoder.layers.0.self_attn.out_proj.weight', 'attention', 0],
    ['model.decoder.layers.0.final_layer_norm.weight', 'norms', 0],
    ['model.decoder.project_in.weight', 'other', null],
  ],
  'phi, stablelm, starcoder2': [
    ['transformer.h.1.mixer.Wqkv.weight', 'attention', 1],
    ['model.layers.1.mlp.fc2.weight', 'mlp', 1],
    ['model.layers.1.mlp.gate_up_proj.weight', 'mlp', 1],
    ['model.final_layernorm.weight', 'norms', null],
  ],
  'chatglm, glm4': [
    ['transformer.embedding.word_embeddings.weight', 'embeddings', null],
    ['transformer.encoder.layers.2.self_attention.query_key_value.bias', 'attention', 2],
    ['transformer.encoder.layers.2.mlp.dense_h_to_4h.weight', 'mlp', 2],
    ['transformer.encoder.final_layernorm.weight', 'norms', null],
    ['transformer.output_layer.weight', 'head', null],
  ],
  'internlm2, baichuan': [
    ['model.tok_embeddings.weight', 'embeddings', null],
    ['model.layers.0.attention.wqkv.weight', 'attention', 0],
    ['model.layers.0.feed_forward.w2.weight', 'mlp', 0],
    ['model.layers.0.self_attn.W_pack.weight', 'attention', 0],
  ],
  olmo: [
    ['model.transformer.wte.weight', 'embeddings', null],
    ['model.transformer.blocks.7.att_proj.weight', 'attention', 7],
    ['model.transformer.blocks.7.ff_proj.weight', 'mlp', 7],
    ['model.transformer.ff_out.weight', 'head', null],
  ],
  'bert, roberta': [
    ['bert.embeddings.word_embeddings.weight', 'embeddings', null],
    ['bert.embeddings.LayerNorm.gamma', 'norms', null],
    ['bert.encoder.layer.3.attention.self.query.weight', 'attention', 3],
    ['bert.encoder.layer.3.attention.self.distance_embedding.weight', 'attention', 3],
    ['bert.encoder.layer.3.attention.output.dense.weight', 'attention', 3],
    ['bert.encoder.layer.3.attention.output.LayerNorm.weight', 'norms', 3],
    ['bert.encoder.layer.3.intermediate.dense.weight', 'mlp', 3],
    ['bert.encoder.layer.3.output.dense.bias', 'mlp', 3],
    ['bert.pooler.dense.weight', 'other', null],
    ['cls.predictions.transform.dense.weight', 'head', null],
    ['lm_head.layer_norm.weight', 'norms', null],
    ['lm_head.dense.weight', 'head', null],
    ['classifier.out_proj.weight', 'head', null],
  ],
  distilbert: [
    ['distilbert.transformer.layer.2.attention.q_lin.weight', 'attention', 2],
    ['distilbert.transformer.layer.2.ffn.lin1.weight', 'mlp', 2],
    ['distilbert.transformer.layer.2.sa_layer_norm.weight', 'norms', 2],
    ['vocab_transform.weight', 'head', null],
  ],
  albert: [
    ['albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.weight', 'mlp', 0],
    ['albert.encoder.albert_layer_groups.0.albert_layers.0.attention.query.weight', 'attention', 0],
  ],
  t5: [
    ['shared.weight', 'embeddings', null],
    ['encoder.block.5.layer.0.SelfAttention.q.weight', 'attention', 5],
    ['decoder.block.5.layer.1.EncDecAttention.k.weight', 'attention', 5],
    ['encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight', 'attention', 0],
    ['encoder.block.5.layer.1.DenseReluDense.wi_0.weight', 'mlp', 5],
    ['encoder.block.5.layer.1.DenseReluDense.wo.weight', 'mlp', 5],
    ['encoder.block.5.layer.1.layer_norm.weight', 'norms', 5],
    ['encoder.final_layer_norm.weight', 'norms', null],
  ],
  'bart, whisper': [
    ['model.encoder.conv1.weight', 'other', null],
    ['model.encoder.layers.3.fc1.weight', 'mlp', 3],
    ['model.decoder.layers.3.encoder_attn.v_proj.weight', 'attention', 3],
    ['model.decoder.layers.3.encoder_attn_layer_norm.weight', 'norms', 3],
    ['proj_out.weight', 'head', null],
    ['final_logits_bias', 'head', null],
  ],
  'mamba, jamba': [
    ['backbone.embeddings.weight', 'embeddings', null],
    ['backbone.layers.4.mixer.A_log', 'other', 4],
    ['backbone.layers.4.mixer.in_proj.weight', 'other', 4],
    ['backbone.layers.4.norm.weight', 'norms', 4],
    ['backbone.norm_f.weight', 'norms', null],
    ['model.layers.4.mamba.in_proj.weight', 'other', 4],
  ],
  rwkv: [
    ['rwkv.embeddings.weight', 'embeddings', null],
    ['rwkv.blocks.3.attention.key.weight', 'attention', 3],
    ['rwkv.blocks.3.feed_forward.key.weight', 'mlp', 3],
    ['blocks.3.att.receptance.weight', 'attention', 3],
    ['blocks.3.ffn.key.weight', 'mlp', 3],
    ['blocks.0.ln0.weight', 'norms', 0],
    ['head.weight', 'head', null],
  ],
  'vision towers, clip, vit': [
    ['vision_model.encoder.layers.7.self_attn.k_proj.weight', 'attention', 7],
    ['vision_tower.vision_model.encoder.layers.7.mlp.fc1.weight', 'mlp', 7],
    ['vision_model.embeddings.patch_embedding.weight', 'embeddings', null],
    ['visual.blocks.3.attn.qkv.weight', 'attention', 3],
    ['visual.transformer.resblocks.3.mlp.c_fc.weight', 'mlp', 3],
    ['visual.transformer.resblocks.3.ln_1.weight', 'norms', 3],
    ['multi_modal_projector.linear_1.weight', 'other', null],
    ['text_projection.weight', 'other', null],
  ],
  diffusers: [
    ['down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.weight', 'attention', 1],
    ['down_blocks.1.attentions.0.transformer_blocks.0.ff.net.0.proj.weight', 'mlp', 1],
    ['single_transformer_blocks.8.attn.to_k.weight', 'attention', 8],
    ['conv_in.weight', 'other', null],
  ],
};

test.each(Object.entries(families))('%s', (_, rows) => {
  const found = rows.map(([name]) => {
    const { group, layer } = placeOf(name);
    return [name, group, layer];
  });
  expect(found).toEqual(rows);
});

test('each stack counts its layers for itself', () => {
  expect(placeOf('encoder.block.3.layer.0.SelfAttention.q.weight').stack).toBe('encoder.block');
  expect(placeOf('decoder.block.3.layer.0.SelfAttention.q.weight').stack).toBe('decoder.block');
  expect(placeOf('model.norm.weight').stack).toBeNull();
});

test('a strange name has a place too', () => {
  for (const name of ['', 'weight', '.', 'a..b', '0.1.2']) {
    expect(placeOf(name)).toEqual({ group: 'other', stack: null, layer: null });
  }
});
