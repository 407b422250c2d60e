import { expect, test } from 'vitest';
import { headerModel } from '../../testing/model.ts';
import { findingOf, findingsOf, planned, recipeOf } from '../../testing/planning.ts';

const tensors = { 'model.layers.0.mlp.up_proj.weight': ['BF16', [4, 4]] } as const;
const config = { 'config.json': '{"vocab_size":8,"eos_token_id":2}' };
const tokenizer = (eos: string, more: object = {}) => ({
  ...config,
  'tokenizer_config.json': JSON.stringify({ eos_token: { content: eos }, ...more }),
});
const textOf = (files: ReturnType<typeof planned>['sideFiles'], name: string) => {
  const file = files.find((side) => side.name === name);
  return file && 'text' in file ? file.text : file?.copy;
};

test('a chat template that only the expert has is told, and taken at a press', () => {
  const base = headerModel('base', tensors, { companions: tokenizer('</s>') });
  const chat = headerModel('chat', tensors, {
    companions: tokenizer('</s>', { chat_template: '{{ x }}' }),
  });
  const all = [base, chat];
  const finding = findingOf(recipeOf(base, [chat]), all, 'chat-template');
  expect([finding.severity, finding.message]).toEqual([
    'warning',
    'chat has a chat template; base, whose files the output gets, has none.',
  ]);
  expect(finding.fixes).toEqual([
    {
      kind: 'set-donor',
      label: 'Take the chat template of chat',
      role: 'chatTemplate',
      model: 'chat',
    },
  ]);
  const recipe = recipeOf(base, [chat], { donors: { chatTemplate: 'chat' } });
  expect(findingsOf(recipe, all).map(({ code }) => code)).not.toContain('chat-template');
  const text = textOf(planned(recipe, all).sideFiles, 'tokenizer_config.json');
  expect(JSON.parse(String(text))).toEqual({
    eos_token: { content: '</s>' },
    chat_template: '{{ x }}',
  });
});

test('a template of a file of its own comes as that file, and inside the tokenizer config too', () => {
  const base = headerModel('base', tensors, {
    companions: { ...tokenizer('</s>', { chat_template: 'old' }), 'chat_template.jinja': 'old' },
  });
  const chat = headerModel('chat', tensors, {
    companions: { ...config, 'chat_template.jinja': 'new "x"' },
  });
  const recipe = recipeOf(base, [chat], { donors: { chatTemplate: 'chat' } });
  const { sideFiles } = planned(recipe, [base, chat]);
  expect(textOf(sideFiles, 'chat_template.jinja')).toEqual({
    model: 'chat',
    companion: 'chat_template.jinja',
  });
  const text = String(textOf(sideFiles, 'tokenizer_config.json'));
  expect(JSON.parse(text).chat_template).toBe('new "x"');
});

test('end, padding and vocabulary that differ are told with whose files the output gets', () => {
  const base = headerModel('base', tensors, {
    config: { vocab_size: 8, eos_token_id: 2 },
    companions: tokenizer('</s>'),
  });
  const chat = headerModel('chat', tensors, {
    config: { vocab_size: 9, eos_token_id: 2 },
    companions: {
      ...tokenizer('<|im_end|>', { pad_token: '<pad>' }),
      'generation_config.json': '{"eos_token_id":[2,7]}',
    },
  });
  const finding = findingOf(recipeOf(base, [chat]), [base, chat], 'tokens-differ');
  expect(finding.message).toBe(
    'chat has other special tokens than the output gets: end token <|im_end|>, where base has </s>; padding token <pad>, where base has none; end token id 2, 7, where base has 2; vocabulary size 9, where base has 8.',
  );
  expect(finding.fixes?.map((fix) => 'role' in fix && fix.role)).toEqual([
    'tokenizer',
    'generation',
  ]);
});

test('a vocabulary size that differs alone is no matter of special tokens', () => {
  const [a, b] = [8, 9].map((vocab_size) =>
    headerModel(`m${vocab_size}`, tensors, { config: { vocab_size } }),
  );
  const codes = findingsOf(recipeOf(a, [b]), [a, b]).map(({ code }) => code);
  expect(codes).not.toContain('tokens-differ');
});

test('no config anywhere is said before, and the card claims no library', () => {
  const base = headerModel('base', tensors, { config: null });
  const bare = headerModel('bare', tensors, { config: null });
  const recipe = recipeOf(base, [bare]);
  expect(findingOf(recipe, [base, bare], 'no-config').fixes).toBeUndefined();
  const card = String(textOf(planned(recipe, [base, bare]).sideFiles, 'README.md'));
  expect(card).not.toContain('library_name');
});

test('a config that only an expert has is offered', () => {
  const base = headerModel('base', tensors, { config: null });
  const full = headerModel('full', tensors, { companions: config });
  const recipe = recipeOf(base, [full]);
  expect(findingOf(recipe, [base, full], 'no-config').fixes).toHaveLength(1);
  const taken = { ...recipe, donors: { config: 'full' } };
  const { sideFiles, findings } = planned(taken, [base, full]);
  expect(findings.map(({ code }) => code)).not.toContain('no-config');
  expect(JSON.parse(String(textOf(sideFiles, 'config.json')))).toMatchObject({
    vocab_size: 8,
    torch_dtype: 'bfloat16',
  });
});

test('files of a model that is not open stop the merge, with a way out', () => {
  const [base, one] = [headerModel('base', tensors), headerModel('one', tensors)];
  const recipe = recipeOf(base, [one], { donors: { tokenizer: 'gone' } });
  const finding = findingOf(recipe, [base, one], 'donor-missing');
  expect(finding.severity).toBe('error');
  expect(finding.fixes).toMatchObject([{ role: 'tokenizer', model: null }]);
});

test('what is left out is told; what may be needed is a warning', () => {
  const base = headerModel('base', tensors, {
    leftOut: [
      { name: '.git/', size: 9, reason: 'hidden' },
      { name: '2_Dense/pytorch_model.bin', size: 9, reason: 'a pickle', matters: true },
    ],
  });
  const one = headerModel('one', tensors);
  const recipe = recipeOf(base, [one]);
  expect(findingOf(recipe, [base, one], 'left-out').message).toBe(
    'Not copied from the folder of base: .git/ (hidden).',
  );
  expect(findingOf(recipe, [base, one], 'file-not-copied').severity).toBe('warning');
  expect(planned(recipe, [base, one]).leftOut).toHaveLength(2);
});

test('code is copied, and said', () => {
  const base = headerModel('base', tensors, { companions: { 'modeling_x.py': 'print()' } });
  const one = headerModel('one', tensors);
  const recipe = recipeOf(base, [one]);
  expect(findingOf(recipe, [base, one], 'code-copied').message).toContain('modeling_x.py');
  expect(textOf(planned(recipe, [base, one]).sideFiles, 'modeling_x.py')).toEqual({
    model: 'base',
    companion: 'modeling_x.py',
  });
});

test('what index and shards do not agree on is a warning', () => {
  const base = headerModel('base', tensors, { remarks: ['i.json: a lie in no shard'] });
  const one = headerModel('one', tensors);
  const finding = findingOf(recipeOf(base, [one]), [base, one], 'index-differs');
  expect(finding.message).toContain('a lie in no shard.');
});
