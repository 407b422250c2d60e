import { bool, f32, i32s, layOut, string, strings, u32 } from '../formats/gguf/container.ts';
import { randomNumbers } from './samples.ts';

const width = 32;

/** ASCII as byte-level BPE writes it: what is no visible letter is moved up by 256. */
const letters = Array.from({ length: 128 }, (_, code) => {
  if (code > 32 && code < 127) return String.fromCharCode(code);
  return String.fromCharCode(code === 127 ? 289 : 256 + code);
});

/**
 * A llama of one layer with weights drawn at random: what it goes on with hangs on every token before. It has a token for
 * each byte of ASCII and these special ones, of which the first two begin and end a text.
 */
export function tinyGguf(specials: readonly string[], template: string | null): Blob {
  const tokens = [...letters, ...specials];
  const shapes: Readonly<Record<string, readonly number[]>> = {
    'token_embd.weight': [tokens.length, width],
    'blk.0.attn_norm.weight': [width],
    'blk.0.attn_q.weight': [width, width],
    'blk.0.attn_k.weight': [width, width],
    'blk.0.attn_v.weight': [width, width],
    'blk.0.attn_output.weight': [width, width],
    'blk.0.ffn_norm.weight': [width],
    'blk.0.ffn_gate.weight': [width, width],
    'blk.0.ffn_up.weight': [width, width],
    'blk.0.ffn_down.weight': [width, width],
    'output_norm.weight': [width],
    'output.weight': [tokens.length, width],
  };
  const { header, tensors, size } = layOut(
    [
      ['general.architecture', string('llama')],
      ['llama.context_length', u32(2048)],
      ['llama.embedding_length', u32(width)],
      ['llama.block_count', u32(1)],
      ['llama.feed_forward_length', u32(width)],
      ['llama.attention.head_count', u32(2)],
      ['llama.rope.dimension_count', u32(width / 2)],
      ['llama.attention.layer_norm_rms_epsilon', f32(1e-5)],
      ['tokenizer.ggml.model', string('gpt2')],
      ['tokenizer.ggml.pre', string('gpt-2')],
      ['tokenizer.ggml.tokens', strings(tokens)],
      ['tokenizer.ggml.token_type', i32s(tokens.map((_, id) => (id < letters.length ? 1 : 3)))],
      ['tokenizer.ggml.merges', strings([])],
      ['tokenizer.ggml.bos_token_id', u32(letters.length)],
      ['tokenizer.ggml.eos_token_id', u32(letters.length + 1)],
      ['tokenizer.ggml.add_bos_token', bool(true)],
      ...(template === null ? [] : [['tokenizer.chat_template', string(template)] as const]),
    ],
    Object.entries(shapes).map(([name, shape]) => ({ name, shape, type: 'F32' as const })),
  );
  const bytes = new Uint8Array(size);
  bytes.set(header);
  const random = randomNumbers(7);
  for (const { name, at, bytes: length } of tensors) {
    const middle = name.includes('norm') ? 1 : 0;
    new Float32Array(bytes.buffer, at, length / 4).forEach((_, i, values) => {
      values[i] = middle + random() - 0.5;
    });
  }
  return new Blob([bytes]);
}
