import { f32, modelFile } from '../src/testing/model-file.ts';
import { tokenizerJson } from '../src/testing/tokenizer-json.ts';
import { expect, test } from './fixtures/kept-page.ts';
import { type Files, names } from './fixtures/model-folder.ts';
import { jsonOf, outputOf } from './fixtures/output-folder.ts';
import { valuesOf } from './fixtures/weights.ts';
import { expectFinding } from './pages/findings.ts';

const speaker = (tokens: readonly string[], rows: readonly number[]): Files => ({
  'model.safetensors': modelFile({
    [names.embedding]: f32(
      [rows.length, 2],
      rows.flatMap((row) => [row, -row]),
    ),
    [names.norm]: f32([2], [1]),
  }),
  'config.json': JSON.stringify({ model_type: 'llama', vocab_size: rows.length, eos_token_id: 2 }),
  'tokenizer.json': tokenizerJson(tokens),
});

test('unites vocabularies with one press, and writes a tokenizer for them', async ({
  workbench,
  onDisk,
}) => {
  await workbench.open();
  await workbench.drop(
    await onDisk({
      'plain-base': speaker(['the', 'cat', '<end>'], [1, 2, 3]),
      'plain-chat': speaker(['cat', 'the', '<user>', '<end>'], [20, 10, 40, 30]),
    }),
  );
  const { method, run } = workbench;
  await method.setField('λ', '0.5');
  await workbench.showTab('Checks');
  const card = await expectFinding(workbench, {
    severity: 'warning',
    message: `plain-chat has 4 rows in ${names.embedding}; plain-base has 3.`,
    advice: 'Rows of one number may be of different tokens: merge by token',
  });
  await card.getByRole('button', { name: 'Merge by token, all tokens' }).click();
  await expectFinding(workbench, {
    severity: 'note',
    message: 'The output has 4 tokens, with the tokenizer files of plain-base.',
    advice: 'Tokens that come from other models are met as they are spelled',
  });
  await method.unfold('Output');
  await expect(method.region.getByLabel('Vocabularies differ')).toHaveValue('union');
  await expect(run.merge).toBeEnabled();
  await workbench.merge();
  const files = await outputOf(workbench);
  // the: 1 + (10 − 1) / 2, cat: 2 + (20 − 2) / 2, <end>: 3 + (30 − 3) / 2; <user> is the chat model's alone.
  expect((await valuesOf(files['model.safetensors']))[names.embedding]).toEqual(
    [5.5, 11, 16.5, 40].flatMap((row) => [row, -row]),
  );
  expect(jsonOf(files['config.json'])).toMatchObject({ vocab_size: 4, eos_token_id: 2 });
  const { model, added_tokens } = jsonOf(files['tokenizer.json']);
  expect(model.vocab).toEqual({ the: 0, cat: 1 });
  expect(added_tokens).toMatchObject([
    { id: 2, content: '<end>', special: true },
    { id: 3, content: '<user>', special: true },
  ]);
});
