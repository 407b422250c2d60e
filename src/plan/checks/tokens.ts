/** A merge by token: what stands in its way, and what becomes of each model's tokens and rows. */
import { count, error, list, note, warning } from '../finding.ts';
import type { Aligned, TokenFault } from '../tokens/align.ts';
import type { Fate, Tokens } from '../tokens/voices.ts';
import type { Finding, Fix } from '../types.ts';

const byRow: Fix = {
  kind: 'set-vocabulary',
  label: 'Merge rows by their number',
  value: 'keep base rows',
};

export function checkTokens({ tokens, faults }: Aligned): readonly Finding[] {
  const stops = faults.map(stop);
  if (tokens === null) return stops;
  return [...checkKinds(tokens), ...tokens.assumed.map(assumed), ...checkFates(tokens)];
}

function stop(fault: TokenFault): Finding {
  const fixes = [byRow];
  switch (fault.kind) {
    case 'nothing to rebuild':
      return error(
        'no-token-rows',
        'The recipe merges by token, and no tensor has a row for each token.',
        'Merge rows by their number.',
        { fixes },
      );
    case 'no such model':
      return error(
        'tokens-of-nobody',
        `The recipe takes the tokens of ${fault.model}, which does not take part.`,
        'Choose one of the models, or the tokens of all.',
        {
          fixes: [
            { kind: 'set-tokens', label: 'Take the tokens of all models', value: 'union' },
            byRow,
          ],
        },
      );
    case 'no tokenizer.json': {
      const { model, files } = fault;
      const instead = files.length > 0 ? `; found ${list(files)}` : '';
      return error(
        'no-tokenizer',
        `${model.name} has no tokenizer.json, so its tokens are not known${instead}.`,
        'Open its whole folder. If there is none in it, make one with transformers: AutoTokenizer.from_pretrained(…).save_pretrained(…).',
        { place: { model: model.id }, fixes },
      );
    }
    case 'unread': {
      const { model, error: cause } = fault;
      const { file, found, expected, advice } = cause.context;
      return error(
        'no-tokenizer',
        `The tokens of ${model.name} cannot be read. ${file}: found ${found}; expected ${expected}.`,
        advice,
        { place: { model: model.id }, fixes },
      );
    }
    case 'not rebuilt': {
      const { model, tensor, token, why } = fault;
      const what =
        token === null
          ? `${tensor} of ${model.name} cannot be rebuilt by token: ${why}.`
          : `The row of ${JSON.stringify(token)} in ${tensor} is to come from ${model.name}: ${why}.`;
      return error(
        'tokens-not-rebuilt',
        what,
        token === null ? 'Merge rows by their number.' : 'Correct where that row comes from.',
        { place: { model: model.id, tensor }, fixes: token === null ? fixes : [] },
      );
    }
    default:
      return fault satisfies never;
  }
}

function assumed({ id, name }: Tokens['from']): Finding {
  return warning(
    'tokenizer-assumed',
    `${name} has no tokenizer: its rows are taken for those of the base’s tokens.`,
    'Open its whole folder if it has other tokens.',
    { place: { model: id } },
  );
}

/** Vocabularies that spell the same text in two ways hardly have a token in common. */
function checkKinds({ fates, tokenizerOf }: Tokens): readonly Finding[] {
  const [first, ...others] = fates.map(({ model }) => model);
  const mine = tokenizerOf(first.id)!;
  return others.flatMap((model) => {
    const theirs = tokenizerOf(model.id)!;
    if (theirs.name === mine.name) return [];
    return [
      warning(
        'tokenizer-kinds',
        `The tokenizer of ${model.name} is ${theirs.name}, that of ${first.name} ${mine.name}: they spell the same text in different tokens.`,
        'Take the tokens of one model. Models that were trained with different tokenizers seldom merge into one that works.',
        { place: { model: model.id } },
      ),
    ];
  });
}

function checkFates({ fates, rows, tokenizer, from }: Tokens): readonly Finding[] {
  const padding = rows - tokenizer.ids.size;
  const pad = padding > 0 ? ` and ${count(padding, 'row')} of padding` : '';
  const made = note(
    'tokens-united',
    `The output has ${count(tokenizer.ids.size, 'token')}${pad}, with the tokenizer files of ${from.name}.`,
    'Tokens that come from other models are met as they are spelled; nothing is joined to them.',
  );
  return [made, ...fates.flatMap(checkFate)];
}

function checkFate({ model, missing, lost, padding }: Fate): readonly Finding[] {
  const place = { model: model.id };
  const findings: Finding[] = [];
  if (missing > 0) {
    findings.push(
      note(
        'tokens-missing',
        `${model.name} lacks ${count(missing, 'token')} of the output: there it has the ${missing === 1 ? 'row' : 'rows'} of models that have ${missing === 1 ? 'it' : 'them'}.`,
        'Nothing to do. Where a row should come from elsewhere, say so token by token.',
        { place },
      ),
    );
  }
  if (lost.length > 0) {
    const names = list(lost.slice(-3).map((token) => JSON.stringify(token)));
    findings.push(
      warning(
        'tokens-lost',
        `${count(lost.length, 'token')} of ${model.name} ${lost.length === 1 ? 'is' : 'are'} not in the output, and the rows are left out: ${names}${lost.length > 3 ? ' and others' : ''}.`,
        'Take the tokens of all models to keep them.',
        {
          place,
          fixes: [{ kind: 'set-tokens', label: 'Take the tokens of all models', value: 'union' }],
        },
      ),
    );
  }
  if (padding > 0) {
    findings.push(
      note(
        'token-padding',
        `${count(padding, 'row')} of ${model.name} ${padding === 1 ? 'belongs' : 'belong'} to no token and ${padding === 1 ? 'is' : 'are'} left out, as mergekit does.`,
        'Padding is never read. Where a program wants a round number of rows, pad to a multiple.',
        { place },
      ),
    );
  }
  return findings;
}
