/** What a recipe says of vocabularies and chat templates. */
import { limits } from './limits.ts';
import {
  fault,
  type Place,
  readCount,
  readList,
  readNullable,
  readObject,
  readOneOf,
  readOr,
  readText,
} from './reader.ts';
import type { ByToken, Recipe, TokenRow } from './recipe.ts';

/** A word, or an object where rows meet by token. */
export function readVocabulary(place: Place): Recipe['vocabulary'] {
  if (typeof place.value !== 'object' || place.value === null) {
    return readOneOf<'keep base rows' | 'refuse'>(place, ['keep base rows', 'refuse']);
  }
  const fields = readObject(place, ['tokens', 'rows', 'padTo']);
  return {
    tokens: readTokens(fields.at('tokens')),
    rows: readOr(fields.at('rows'), [], (at) => readList(at, limits.tokenRows, readRow)),
    padTo: readOr(fields.at('padTo'), null, (at) => readNullable(at, readMultiple)),
  };
}

/** A word, or an object with the text. */
export function readChatTemplate(place: Place): NonNullable<Recipe['chatTemplate']> {
  if (typeof place.value !== 'object') return readOneOf<'most common'>(place, ['most common']);
  const text = readObject(place, ['text']).at('text');
  const { value } = text;
  const fits = typeof value === 'string' && value.length <= limits.template;
  const expected = `a text of at most ${limits.template.toLocaleString('en-US')} characters`;
  return { text: fits ? value : fault(text, expected, '') };
}

function readTokens(place: Place): ByToken['tokens'] {
  if (typeof place.value !== 'object' || place.value === null) {
    return readOneOf<'union' | 'base'>(place, ['union', 'base']);
  }
  return { model: readText(readObject(place, ['model']).at('model')) };
}

function readMultiple(place: Place): number {
  const multiple = readCount(place);
  const fits = multiple >= 1 && multiple <= limits.padTo;
  return fits ? multiple : fault(place, `a whole number from 1 to ${limits.padTo}`, 1);
}

function readRow(place: Place): TokenRow {
  const fields = readObject(place, ['token', 'from', 'force']);
  const force = fields.at('force');
  return {
    token: readText(fields.at('token')),
    from: readFrom(fields.at('from')),
    force: readOr(force, false, (at) =>
      typeof at.value === 'boolean' ? at.value : fault(at, 'true or false', false),
    ),
  };
}

function readFrom(place: Place): TokenRow['from'] {
  const kind = readOneOf(readObject(place, null).at('kind'), ['zeros', 'model', 'token']);
  if (kind === 'zeros') {
    readObject(place, ['kind']);
    return { kind };
  }
  const fields = readObject(
    place,
    kind === 'model' ? ['kind', 'model'] : ['kind', 'model', 'token'],
  );
  const model = readText(fields.at('model'));
  if (kind === 'model') return { kind, model };
  const token = fields.at('token');
  return {
    kind,
    model,
    token: typeof token.value === 'number' ? readCount(token) : readText(token),
  };
}
