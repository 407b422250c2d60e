/**
 * A recipe in the part of the address after #, which browsers never send: `#r=` and base64url of compact
 * JSON. Not compressed, because compression is asynchronous and a recipe of ten experts is about 2 kB.
 * What follows an & is about something else: the place in the page that a link leads to.
 */
import { canonicalJson } from './canonical.ts';
import { limits } from './limits.ts';
import { type ParsedRecipe, parseRecipeText, type RecipeFinding, tooLong } from './parse.ts';
import type { Recipe } from './recipe.ts';

const PREFIX = '#r=';

export function recipeToHash(recipe: Recipe): string {
  const bytes = new TextEncoder().encode(canonicalJson(recipe));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const base64 = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return PREFIX + base64;
}

/** Null when the hash is about something else. Never throws: what is wrong is in the findings. */
export function recipeFromHash(hash: string): ParsedRecipe | null {
  if (!hash.startsWith(PREFIX)) return null;
  const text = hash.slice(PREFIX.length).split('&', 1)[0];
  // Four characters of a link are three bytes.
  const length = Math.floor((text.length * 3) / 4);
  if (length > limits.text) return { findings: [tooLong(length)] };
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const parsed = parseRecipeText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return 'recipe' in parsed || parsed.findings[0].code !== 'recipe-unreadable'
      ? parsed
      : { findings: [damaged] };
  } catch {
    return { findings: [damaged] };
  }
}

const damaged: RecipeFinding = {
  severity: 'error',
  code: 'recipe-unreadable',
  message: 'The share link is damaged: what follows #r= is not a recipe.',
  advice: 'Copy the whole link again; chat programs sometimes cut long ones.',
  place: {},
};
