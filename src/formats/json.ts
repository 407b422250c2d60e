/**
 * JSON as a tree that hides nothing. `JSON.parse` keeps the last of two equal keys, drops the
 * difference between `1` and `1.0`, rounds large integers, and treats the name `__proto__` specially.
 */
export type Json =
  | null
  | boolean
  | string
  | JsonNumber
  | readonly Json[]
  | ReadonlyMap<string, Json>;

/** A number as it was written. */
export class JsonNumber {
  readonly literal: string;
  constructor(literal: string) {
    this.literal = literal;
  }
}

export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly tag: 'syntax' | 'duplicate-key' | 'too-much';
  /** Index into the text. */
  readonly at: number;

  constructor(tag: JsonError['tag'], message: string, at: number) {
    super(message);
    this.tag = tag;
    this.at = at;
  }
}

export type JsonOptions = {
  /** Python writes NaN, Infinity and -Infinity, and keeps the last of equal keys. */
  readonly python?: boolean;
  /** Called after each member of an object: keys from the root, and where its value lies. */
  readonly onMember?: (path: readonly string[], begin: number, end: number) => void;
};

/** serde_json's limit; deeper text is an attack, not a file. */
const maxDepth = 128;
/** Values that are passed over; more would only cost time. */
const MOST_SKIPPED = 1_000_000;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const pythonNumberPattern = new RegExp(`${numberPattern.source}|NaN|-?Infinity`, 'y');
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
const unusual = /[\\\u0000-\u001f]/;
const loneSurrogate = /[\ud800-\udfff]/u;

/** Parses the whole of `text`; whitespace may surround the value. Throws `JsonError`. */
export function parseJson(text: string, options: JsonOptions = {}): Json {
  const reader = new JsonReader(text, options);
  const value = reader.value();
  reader.end();
  return value;
}

/** "line 3, column 14", both from 1. */
export function placeInText(text: string, at: number): string {
  let line = 1;
  let begin = 0;
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', begin)) {
    line += 1;
    begin = next + 1;
  }
  return `line ${line}, column ${at - begin + 1}`;
}

/** Plain objects, arrays and numbers, as `JSON.parse` would give; `__proto__` becomes an own property. */
export function toPlain(json: Json): unknown {
  if (json instanceof JsonNumber) return Number(json.literal);
  if (Array.isArray(json)) return json.map(toPlain);
  if (json instanceof Map) {
    return Object.fromEntries([...json].map(([key, value]) => [key, toPlain(value)]));
  }
  return json;
}

/**
 * Reads JSON value by value, so that what nobody needs is never built: a caller goes through objects and
 * lists itself, takes a value or skips it. Throws `JsonError`.
 */
export class JsonReader {
  readonly #text: string;
  readonly #options: JsonOptions;
  readonly #path: string[] = [];
  #at = 0;
  #depth = 0;
  #skipped = 0;

  constructor(text: string, options: JsonOptions = {}) {
    this.#text = text;
    this.#options = options;
  }

  /** What the next value begins with: `{`, `[`, `"`, or another character; '' at the end. */
  get next(): string {
    this.#skipSpace();
    return this.#text.charAt(this.#at);
  }

  /** Goes through an object; `each` must read the value of its key. A key twice is an error. */
  members(each: (key: string, keyAt: number) => void): void {
    const seen = new Set<string>();
    this.#all('{', '}', () => {
      this.#skipSpace();
      const keyAt = this.#at;
      const key = this.#string();
      if (!this.#options.python) {
        if (seen.has(key)) throw new JsonError('duplicate-key', key, keyAt);
        seen.add(key);
      }
      this.#expect(':');
      each(key, keyAt);
    });
  }

  /** Goes through a list; `each` must read one item. */
  items(each: () => void): void {
    this.#all('[', ']', each);
  }

  value(): Json {
    const { next } = this;
    if (next === '"') return this.#string();
    if (next === '{') return this.#object();
    if (next === '[') {
      const items: Json[] = [];
      this.items(() => items.push(this.value()));
      return items;
    }
    if (this.#take('true')) return true;
    if (this.#take('false')) return false;
    if (this.#take('null')) return null;
    return this.#number();
  }

  /** Reads a value and forgets it; values in it count, too. */
  skip(): void {
    this.#skipped += 1;
    if (this.#skipped > MOST_SKIPPED) {
      const message = `more than ${MOST_SKIPPED.toLocaleString('en-US')} values that nobody reads`;
      throw new JsonError('too-much', message, this.#at);
    }
    const { next } = this;
    if (next === '{') {
      this.#all('{', '}', () => {
        this.#skipSpace();
        this.#string();
        this.#expect(':');
        this.skip();
      });
    } else if (next === '[') this.items(() => this.skip());
    else if (/[-\d]/.test(next)) this.#passNumber();
    else this.value();
  }

  /** Nothing but whitespace may follow. */
  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail('unexpected text after the value');
  }

  #object(): Json {
    const members = new Map<string, Json>();
    this.members((key) => {
      this.#skipSpace();
      const begin = this.#at;
      this.#path.push(key);
      members.set(key, this.value());
      this.#options.onMember?.(this.#path, begin, this.#at);
      this.#path.pop();
    });
    return members;
  }

  #all(open: string, close: string, each: () => void): void {
    this.#expect(open);
    this.#depth += 1;
    if (this.#depth > maxDepth) this.#fail(`nested deeper than ${maxDepth} levels`);
    this.#skipSpace();
    if (!this.#take(close)) {
      do {
        each();
        this.#skipSpace();
      } while (this.#take(','));
      this.#expect(close);
    }
    this.#depth -= 1;
  }

  #string(): string {
    const begin = this.#at;
    if (this.#text[begin] !== '"') this.#fail('expected a string in double quotes');
    let end = this.#text.indexOf('"', begin + 1);
    while (end > 0 && this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    if (end < 0) this.#fail('a string without an end');
    const inside = this.#text.slice(begin + 1, end);
    const value = unusual.test(inside) ? this.#unescape(begin, end + 1) : inside;
    this.#at = end + 1;
    return value;
  }

  /** After an odd number of backslashes. */
  #isEscaped(at: number): boolean {
    let first = at;
    while (this.#text[first - 1] === '\\') first -= 1;
    return (at - first) % 2 === 1;
  }

  /** `JSON.parse` knows escapes and control characters; unpaired surrogates it lets through. */
  #unescape(begin: number, end: number): string {
    let value = '';
    try {
      value = JSON.parse(this.#text.slice(begin, end)) as string;
    } catch {
      this.#fail('a string with a bad escape or a control character');
    }
    if (loneSurrogate.test(value)) this.#fail('a string with half a surrogate pair');
    return value;
  }

  #number(): JsonNumber {
    const begin = this.#at;
    this.#passNumber();
    return new JsonNumber(this.#text.slice(begin, this.#at));
  }

  #passNumber(): void {
    const pattern = this.#options.python ? pythonNumberPattern : numberPattern;
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) this.#fail('expected a value');
    this.#at = pattern.lastIndex;
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expect(token: string): void {
    this.#skipSpace();
    if (!this.#take(token)) this.#fail(`expected "${token}"`);
  }

  #fail(message: string): never {
    throw new JsonError('syntax', message, this.#at);
  }
}
