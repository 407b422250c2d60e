/** The small files that speak of tokens, made true to those of the output. */
import type { ConfigEdit } from '../../formats/edit-config.ts';
import type { Model } from '../../formats/model.ts';
import {
  addedTokensText,
  tokenizerConfigText,
  tokenizerText,
} from '../../formats/tokenizer/write.ts';
import type { Participants } from '../participants.ts';
import type { Tokens } from './voices.ts';

const texts = new WeakMap<Tokens['tokenizer'], string>();

/** The text of a file of the tokenizer; null where it stays as it is. */
export function tokenFile(
  { tokenizer, own }: Tokens,
  name: string,
  text: string | null,
): string | null {
  if (tokenizer === own) return null;
  if (name === 'tokenizer.json') {
    const known = texts.get(tokenizer) ?? tokenizerText(tokenizer);
    texts.set(tokenizer, known);
    return known;
  }
  if (name === 'added_tokens.json') return addedTokensText(tokenizer);
  return name === 'tokenizer_config.json' && text !== null
    ? tokenizerConfigText(text, tokenizer)
    : null;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields of config.json and generation_config.json that name tokens by id, each a number or a list. */
const ID = /^(?:(?:bos|eos|pad|sep|cls|mask|unk|decoder_start|forced_bos|forced_eos)_token_id)$/;

/**
 * Gives ids of tokens those of the output: by the token that the donor of the file means, or as the model has it whose
 * tokenizer the output gets. That one comes first where nobody chose the donor. What neither knows stays.
 */
export function idEdits(who: Participants, donor: Model, fields: Fields): readonly ConfigEdit[] {
  const { tokens, recipe } = who;
  if (tokens === null) return [];
  const isChosen = Object.values(recipe.donors).includes(donor.id);
  const own = tokensById(tokens.tokenizerOf(donor.id));
  const byToken = (id: unknown) => {
    const token = typeof id === 'number' ? own.get(id) : undefined;
    return token === undefined ? undefined : tokens.tokenizer.ids.get(token);
  };
  const translated = (value: unknown) => {
    if (!Array.isArray(value)) return byToken(value);
    const ids = value.map(byToken).filter((id) => id !== undefined);
    return ids.length > 0 ? ids : undefined;
  };
  const edit = (at: readonly string[], mine: Fields, theirs: Fields) =>
    Object.entries(mine).flatMap(([key, value]): readonly ConfigEdit[] => {
      if (!ID.test(key) || value === null) return [];
      const given = donor.id === tokens.from.id ? undefined : (theirs[key] ?? undefined);
      const made = isChosen ? (translated(value) ?? given) : (given ?? translated(value));
      const isSame = made === undefined || JSON.stringify(made) === JSON.stringify(value);
      return isSame ? [] : [{ path: [...at, key], value: made }];
    });
  const inner = (of: Fields) => (isFields(of['text_config']) ? of['text_config'] : {});
  const from = tokens.from.config ?? {};
  return [...edit([], fields, from), ...edit(['text_config'], inner(fields), inner(from))];
}

const byId = new WeakMap<Tokens['tokenizer'], ReadonlyMap<number, string>>();

/** Turned round once: a plan is made at every keystroke. */
function tokensById(tokenizer: Tokens['tokenizer'] | null): ReadonlyMap<number, string> {
  if (tokenizer === null) return new Map();
  const known = byId.get(tokenizer);
  if (known) return known;
  const tokens = new Map<number, string>();
  for (const [token, id] of tokenizer.ids) tokens.set(id, token);
  byId.set(tokenizer, tokens);
  return tokens;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
