/** As much of Python as a call with plain values takes. */

export type PythonValue =
  | { readonly kind: 'none' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly Argument[] };

/** A value, and where it begins in the text. */
export type Argument = { readonly at: number; readonly value: PythonValue };

export type PythonCall = {
  readonly positional: readonly Argument[];
  readonly keywords: ReadonlyMap<string, Argument>;
  /** Of the name of what is called. */
  readonly at: number;
};

/** Something that is not understood, and where: `place` says it in words. */
export class PythonError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** "line 2, column 14", both from 1. */
export function place(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, column ${before[before.length - 1].length + 1}`;
}

/**
 * The first call of `name` in a text, with its arguments: texts, numbers, lists and tuples of them, None, True and
 * False. Names are those that the text sets before the call, on lines of their own. Null where it is not called.
 * Throws `PythonError` for what is anything else.
 */
export function readCall(text: string, name: string): PythonCall | null {
  const found = new RegExp(`(?<!\\w)${name}\\s*\\(`).exec(uncommented(text));
  if (!found) return null;
  const known = assigned(text, found.index);
  const reader = new Reader(text, found.index + found[0].length, known);
  return { ...reader.arguments(), at: found.index };
}

/** Comments become blanks, so that places stay. A # within quotes is none. */
function uncommented(text: string): string {
  return text.replace(/'[^'\n]*'|"[^"\n]*"|#[^\n]*/g, (each) =>
    each.startsWith('#') ? ' '.repeat(each.length) : each,
  );
}

/** What lines before the call set to plain values; the last one counts. */
function assigned(text: string, before: number): ReadonlyMap<string, PythonValue> {
  const known = new Map<string, PythonValue>();
  for (const { 0: line, 1: name, index } of text.matchAll(/^[ \t]*([A-Za-z_]\w*)[ \t]*=(?!=)/gm)) {
    if (index >= before) break;
    try {
      known.set(name, new Reader(text, index + line.length, known).value().value);
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      known.delete(name);
    }
  }
  return known;
}

const closing: Readonly<Record<string, string>> = { '[': ']', '(': ')' };

class Reader {
  readonly #text: string;
  readonly #known: ReadonlyMap<string, PythonValue>;
  #at: number;

  constructor(text: string, at: number, known: ReadonlyMap<string, PythonValue>) {
    this.#text = text;
    this.#at = at;
    this.#known = known;
  }

  arguments(): Pick<PythonCall, 'positional' | 'keywords'> {
    const positional: Argument[] = [];
    const keywords = new Map<string, Argument>();
    this.#each(')', () => {
      const at = this.#at;
      const keyword = this.#match(/([A-Za-z_]\w*)\s*=(?!=)/y)?.[1];
      if (keyword === undefined) {
        if (keywords.size > 0) throw new PythonError('A value without a name after named ones', at);
        positional.push(this.value());
        return;
      }
      if (keywords.has(keyword)) throw new PythonError(`${keyword} is given twice`, at);
      keywords.set(keyword, this.value());
    });
    return { positional, keywords };
  }

  value(): Argument {
    this.#skip();
    const at = this.#at;
    const opened = this.#match(/[[(]/y)?.[0];
    if (opened) return { at, value: this.#list(closing[opened]) };
    const number = this.#match(/[+-]?\s*(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?(?!\w)/y);
    if (number) {
      return { at, value: { kind: 'number', value: Number(number[0].replace(/[\s_]/g, '')) } };
    }
    const text = this.#string();
    if (text !== null) return { at, value: { kind: 'text', value: text } };
    return { at, value: this.#word(at) };
  }

  #list(close: string): PythonValue {
    const items: Argument[] = [];
    let commas = 0;
    this.#each(
      close,
      () => items.push(this.value()),
      () => {
        commas += 1;
      },
    );
    // Brackets around one value, without a comma, are only brackets.
    if (close === ')' && items.length === 1 && commas === 0) return items[0].value;
    return { kind: 'list', items };
  }

  /** Items with commas between them, up to what closes them. */
  #each(close: string, item: () => void, comma?: () => void): void {
    for (;;) {
      this.#skip();
      if (this.#take(close)) return;
      item();
      this.#skip();
      if (this.#take(close)) return;
      const found = this.#text[this.#at];
      if (!this.#take(',')) {
        const what = found === undefined ? 'The text ends' : `“${found}” stands`;
        throw new PythonError(`${what} where a comma or “${close}” should be`, this.#at);
      }
      comma?.();
    }
  }

  /** Texts that follow each other are one. */
  #string(): string | null {
    let whole: string | null = null;
    for (;;) {
      const at = this.#at;
      const found = this.#match(/[rRuU]?("""|'''|"|')/y);
      if (!found) return whole;
      const [opening, quote] = found;
      const end = this.#text.indexOf(quote, this.#at);
      const inside = this.#text.slice(this.#at, end);
      if (end < 0 || (quote.length === 1 && inside.includes('\n'))) {
        throw new PythonError('A text without its closing quote', at);
      }
      if (inside.includes('\\') && !/^r/i.test(opening)) {
        throw new PythonError('A text with a backslash: write the character itself', at);
      }
      this.#at = end + quote.length;
      whole = (whole ?? '') + inside;
      this.#skip();
    }
  }

  #word(at: number): PythonValue {
    const word = this.#match(/[A-Za-z_][\w.]*/y)?.[0];
    if (word === 'None') return { kind: 'none' };
    if (word === 'True' || word === 'False') return { kind: 'boolean', value: word === 'True' };
    if (word === undefined) {
      const found = this.#text[at];
      const what = found === undefined ? 'The text ends' : `“${found}” stands`;
      throw new PythonError(`${what} where a value should be`, at);
    }
    const known = this.#known.get(word);
    if (known) return known;
    const what = `${word} is a variable or a call, whose value is not in the text: write the value itself, or paste the line that sets it as well`;
    throw new PythonError(what, at);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  /** Blanks, comments and the ends of lines. */
  #skip(): void {
    this.#match(/(?:\s|#[^\n]*|\\\r?\n)*/y);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }
}
