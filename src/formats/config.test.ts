import { describe, expect, test } from 'vitest';
import { configFacts, correctedConfig, parseConfig } from './config.ts';
import { FormatError } from './error.ts';

describe('parseConfig', () => {
  test('says where the JSON is broken', () => {
    const text = '{\n  "model_type": "llama",\n  "vocab_size": }\n';
    expect(() => parseConfig(text, 'm/config.json')).toThrow(
      'm/config.json: found invalid JSON at line 3, column 17: expected a value; expected a JSON object.',
    );
  });

  test('refuses JSON that is no object', () => {
    expect(() => parseConfig('[]', 'config.json')).toThrow(FormatError);
  });

  test('takes the infinities Python writes', () => {
    const config = parseConfig('{"time_step_limit": [0.0, Infinity]}', 'config.json');
    expect(config.time_step_limit).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});

describe('configFacts', () => {
  test('reads a Llama config of transformers 4', () => {
    expect(
      configFacts({
        architectures: ['LlamaForCausalLM'],
        model_type: 'llama',
        hidden_size: 64,
        num_hidden_layers: 4,
        vocab_size: 100,
        rope_theta: 500000,
        rope_scaling: { type: 'linear', factor: 2 },
        tie_word_embeddings: true,
        torch_dtype: 'bfloat16',
      }),
    ).toEqual({
      architectures: ['LlamaForCausalLM'],
      modelType: 'llama',
      hiddenSize: 64,
      layers: 4,
      vocabSize: 100,
      ropeTheta: 500000,
      ropeScaling: '{"factor":2,"rope_type":"linear"}',
      tiesEmbeddings: true,
      dtype: 'bfloat16',
      quantization: null,
    });
  });

  test('the spellings of transformers 4 and 5 give the same facts', () => {
    const old = {
      rope_theta: 1e4,
      rope_scaling: { factor: 8, rope_type: 'yarn' },
      torch_dtype: 'float16',
    };
    const now = {
      rope_parameters: { rope_type: 'yarn', rope_theta: 1e4, factor: 8 },
      dtype: 'float16',
    };
    expect(configFacts(now)).toEqual(configFacts(old));
    const plain = configFacts({ rope_parameters: { rope_type: 'default', rope_theta: 1e4 } });
    expect([plain.ropeTheta, plain.ropeScaling]).toEqual([1e4, null]);
  });

  test('looks into the language model of a multimodal config, and at the names GPT-2 uses', () => {
    expect(configFacts({ text_config: { hidden_size: 8 } }).hiddenSize).toBe(8);
    expect(configFacts({ n_embd: 768, n_layer: 12 })).toMatchObject({
      hiddenSize: 768,
      layers: 12,
    });
  });

  test('a field of an unexpected type counts as absent', () => {
    const facts = configFacts({ hidden_size: '64', architectures: [1, 'A'], rope_scaling: null });
    expect([facts.hiddenSize, facts.architectures, facts.ropeScaling]).toEqual([null, ['A'], null]);
  });

  test('names the quantisation', () => {
    expect(configFacts({ quantization_config: { quant_method: 'gptq' } }).quantization).toBe(
      'gptq',
    );
    const said = [{}, { a: 1 }, { bits: 4, group_size: 64 }, null, 'x'];
    expect(said.map((it) => configFacts({ quantization_config: it }).quantization)).toEqual([
      'nothing',
      'an unnamed method',
      '4 bits',
      null,
      null,
    ]);
    expect(configFacts({ quantization: { bits: 4 } }).quantization).toBe('4 bits');
    expect(configFacts({ quantization: 'of the sound' }).quantization).toBeNull();
    const inner = { text_config: { quantization_config: { quant_method: 'fp8' } } };
    expect(configFacts(inner).quantization).toBe('fp8');
  });
});

describe('correctedConfig', () => {
  test('changes the dtype and not one other character', () => {
    const text = '{\n  "b": 8.0,\n  "torch_dtype": "float32",\n  "a": [1e-05, NaN]\n}\n';
    expect(correctedConfig(text, 'BF16')).toBe(text.replace('float32', 'bfloat16'));
  });

  test('keeps whichever key exists, also in the models within', () => {
    const others = '"x": {"dtype": "float32"}, "y_config": {"z": {"dtype": "float32"}}';
    const text = `{"dtype": null, "text_config": {"dtype": "float32"}, ${others}}`;
    expect(correctedConfig(text, 'F16')).toBe(
      `{"dtype": "float16", "text_config": {"dtype": "float16"}, ${others}}`,
    );
  });

  test.each([
    ['at the end', '{"a": 1, "quantization_config": {"bits": 4, "dtype": "x"}}', '{"a": 1}'],
    ['at the beginning', '{\n  "quantization_config": null,\n  "a": 8.0\n}', '{"a": 8.0\n}'],
    ['alone', '{ "quantization_config": {} }', '{ }'],
    [
      'said twice, as MLX does',
      '{"quantization": {"bits": 4}, "quantization_config": {"bits": 4}, "a": 1}',
      '{"a": 1}',
    ],
    [
      'in a model within',
      '{"text_config": {"x": 1, "quantization_config": {}, "y": 2}, "a": 1}',
      '{"text_config": {"x": 1, "y": 2}, "a": 1}',
    ],
    [
      'but not what only looks like it',
      '{"x": {"quantization_config": 1}, "quantization": 2, "b": "quantization_config"}',
      '{"x": {"quantization_config": 1}, "quantization": 2, "b": "quantization_config"}',
    ],
  ])('takes out the quantisation: %s', (_, text, expected) => {
    const corrected = correctedConfig(text, 'BF16');
    const plain = { ...JSON.parse(expected), torch_dtype: 'bfloat16' };
    expect(JSON.parse(corrected)).toEqual(plain);
    if (text.includes('8.0')) expect(corrected).toContain('8.0');
  });

  test('adds the key both versions of transformers read when there is none', () => {
    expect(correctedConfig('{\n  "a": 1\n}\n', 'F32')).toBe(
      '{\n  "a": 1,\n  "torch_dtype": "float32"\n}\n',
    );
    expect(correctedConfig('{}', 'F64')).toBe('{\n  "torch_dtype": "float64"\n}');
  });
});
