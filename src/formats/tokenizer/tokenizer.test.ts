import { describe, expect, test } from 'vitest';
import { FormatError } from '../error.ts';
import { readTokenizer } from './read.ts';
import { plainToken, sizeOf, union, withoutRowless, withTokens } from './unite.ts';
import { addedTokensText, tokenizerConfigText, tokenizerText } from './write.ts';

type Added = { readonly id: number; readonly content: string; readonly special?: boolean };

function text(model: object, added: readonly Added[] = [], more: object = {}): string {
  return JSON.stringify({ version: '1.0', added_tokens: added, ...more, model });
}

/** A BPE of these tokens, by id. */
function bpe(tokens: readonly string[], added: readonly Added[] = [], merges: unknown[] = []) {
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return readTokenizer(text({ type: 'BPE', vocab, merges }, added), 'tokenizer.json');
}

const whole = (tokenizer: ReturnType<typeof bpe>) => ({ tokenizer, rows: sizeOf(tokenizer) });

describe('reading', () => {
  test('takes tokens by id, those that were added among them', () => {
    const { ids, added, kind, merges } = bpe(
      ['b', 'a', 'ab', '7'],
      [{ id: 4, content: '<s>', special: true }],
      ['a b'],
    );
    expect([...ids]).toEqual([
      ['b', 0],
      ['a', 1],
      ['ab', 2],
      ['7', 3],
      ['<s>', 4],
    ]);
    expect(added).toMatchObject([{ id: 4, content: '<s>', special: true, normalized: false }]);
    expect([kind, merges]).toEqual(['BPE', 1]);
  });

  test('knows a byte-level BPE by its pre-tokenizer, also within a sequence', () => {
    const model = { type: 'BPE', vocab: { a: 0 }, merges: [] };
    const inSequence = {
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [{ type: 'Split' }, { type: 'ByteLevel' }],
      },
    };
    expect(readTokenizer(text(model, [], inSequence), 't').name).toBe('byte-level BPE');
    expect(readTokenizer(text(model), 't').name).toBe('BPE');
  });

  test('takes the place in the list for the id of a Unigram', () => {
    const vocab = [
      ['<unk>', 0],
      ['▁a', -1.5],
    ];
    const { ids, kind } = readTokenizer(text({ vocab, unk_id: 0 }), 't');
    expect([kind, ids.get('▁a')]).toEqual(['Unigram', 1]);
  });

  test('reads WordPiece', () => {
    const vocab = { '[UNK]': 0, '##s': 1 };
    expect(readTokenizer(text({ type: 'WordPiece', vocab }), 't').ids.get('##s')).toBe(1);
  });

  test.each([
    ['{', /no JSON/],
    ['[]', /JSON that is no object/],
    ['{}', /no model/],
    [text({ type: 'WordLevel', vocab: {} }), /the kind "WordLevel"; expected one of BPE, Word/],
    [text({ type: 'BPE', vocab: { a: -1 } }), /the id -1 of token "a"/],
    [text({ type: 'BPE', vocab: {} }), /no tokens/],
    [text({ type: 'BPE', vocab: { a: 0 } }, [{ id: 1 } as never]), /without content/],
  ])('refuses %s', (file, message) => {
    const read = () => readTokenizer(file, 'm/tokenizer.json');
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^m\/tokenizer\.json: /);
  });
});

describe('more tokens', () => {
  const base = bpe(['a', 'b'], [{ id: 2, content: '<s>', special: true }]);

  test('new ones get the next ids, in the order given', () => {
    const { ids, root } = withTokens(base, [plainToken('<x>'), plainToken('<y>')]);
    expect([ids.get('<x>'), ids.get('<y>')]).toEqual([3, 4]);
    expect(root['added_tokens']).toMatchObject([{ id: 2 }, { id: 3, content: '<x>' }, { id: 4 }]);
  });

  test('one of the vocabulary keeps its id, and an added one its settings', () => {
    const { ids, added } = withTokens(base, [plainToken('b'), plainToken('<s>')]);
    expect(ids.size).toBe(3);
    expect(added.map(({ id, special }) => [id, special])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  test('a union has the tokens of others behind its own: vocabulary, then added', () => {
    const other = bpe(['<s>', 'z', 'a', 'y'], [{ id: 4, content: '<end>', special: true }]);
    const third = bpe(['y', 'x'], [{ id: 0, content: 'y', special: true }]);
    const { ids, added } = union([whole(base), whole(other), whole(third)]);
    // y is an added token of the third one, so it comes with what was added, and as that one has it.
    expect([...ids]).toEqual([...[...base.ids], ['z', 3], ['x', 4], ['<end>', 5], ['y', 6]]);
    expect(added.find(({ content }) => content === 'y')).toMatchObject({ special: true });
  });

  test('what has no row is in no union', () => {
    const other = bpe(['a', 'q', 'r']);
    const { ids } = union([whole(base), { tokenizer: other, rows: 2 }]);
    expect([...ids.keys()]).toEqual(['a', 'b', '<s>', 'q']);
  });

  test('tokens without a row go, and merges with them', () => {
    const tokenizer = bpe(['a', 'b', 'ab'], [{ id: 3, content: '<s>' }], ['a b', ['b', 'a']]);
    const { ids, added, root } = withoutRowless({ tokenizer, rows: 2 });
    expect([[...ids.keys()], added]).toEqual([['a', 'b'], []]);
    expect(root['model']).toMatchObject({ vocab: { a: 0, b: 1 }, merges: [] });
    expect(withoutRowless(whole(tokenizer))).toBe(tokenizer);
  });
});

describe('files', () => {
  const more = withTokens(bpe(['a', 'b']), [plainToken('<x>'), plainToken('a')]);

  test('tokenizer.json reads back as what was written', () => {
    const again = readTokenizer(tokenizerText(more), 't');
    expect([...again.ids]).toEqual([...more.ids]);
    expect(again.added).toEqual(more.added);
  });

  test('tokenizer_config.json lists added tokens where it did before', () => {
    const made = tokenizerConfigText('{"added_tokens_decoder": {}, "eos_token": "a"}', more);
    expect(JSON.parse(made)).toEqual({
      added_tokens_decoder: {
        0: { ...plainToken('a') },
        2: { ...plainToken('<x>') },
      },
      eos_token: 'a',
    });
    expect(tokenizerConfigText('{"eos_token": "a"}', more)).toBe('{"eos_token": "a"}');
    expect(tokenizerConfigText('no JSON', more)).toBe('no JSON');
  });

  test('added_tokens.json has those beside the vocabulary', () => {
    expect(JSON.parse(addedTokensText(more))).toEqual({ '<x>': 2 });
  });
});
