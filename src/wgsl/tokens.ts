import { refuse } from './refusal.ts';

type Token = {
  readonly kind: 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
  readonly line: number;
};

const SKIPPED = /(?:\s+|\/\/[^\n]*)+/y;
const NUMBER = /(?:0[xX][0-9a-fA-F]+[ui]?|(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?[uifh]?)(?!\w)/y;
const NAME = /[A-Za-z_]\w*/y;
const SIGN = /<<=|>>=|&&|\|\||->|\+\+|--|<<|>>|[-+*/%&|^!=<>]=|[-+*/%&|^~!=<>()[\]{}.,;:@]/y;

function read(pattern: RegExp, code: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(code)?.[0] ?? '';
}

function tokensOf(code: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let at = 0; ; ) {
    const skipped = read(SKIPPED, code, at);
    line += skipped.split('\n').length - 1;
    at += skipped.length;
    if (at === code.length) break;
    const number = read(NUMBER, code, at);
    const name = read(NAME, code, at);
    const text = number || name || read(SIGN, code, at);
    if (!text) refuse(`unexpected "${code.slice(at, at + 10).split('\n')[0]}"`, line);
    tokens.push({ kind: number ? 'number' : name ? 'name' : 'sign', text, line });
    at += text.length;
  }
  tokens.push({ kind: 'end', text: '', line });
  return tokens;
}

/** A place in the tokens of a shader, with the questions that a parser asks. */
export class Cursor {
  readonly #tokens: Token[];
  #at = 0;

  constructor(code: string) {
    this.#tokens = [...tokensOf(code)];
  }

  get line(): number {
    return this.#tokens[this.#at].line;
  }
  get kind(): Token['kind'] {
    return this.#tokens[this.#at].kind;
  }
  /** The text of the token that comes after `ahead` others; empty at the end. */
  peek(ahead = 0): string {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)].text;
  }
  next(): string {
    const { kind, text } = this.#tokens[this.#at];
    if (kind === 'end') this.fail('more expected');
    this.#at++;
    return text;
  }
  take(text: string): boolean {
    if (this.peek() !== text || this.kind === 'end') return false;
    this.#at++;
    return true;
  }
  need(text: string): void {
    if (!this.take(text)) this.fail(`"${text}" expected`);
  }
  name(): string {
    return this.kind === 'name' ? this.next() : this.fail('a name expected');
  }
  /** The end of a template list, where `>>` ends two of them. */
  closeTemplate(): void {
    const token = this.#tokens[this.#at];
    if (/^>[>=]/.test(token.text)) {
      this.#tokens[this.#at] = { ...token, text: token.text.slice(1) };
    } else this.need('>');
  }
  /** Items with commas between and perhaps after them, up to the closing sign. */
  list<T>(close: string, item: () => T): readonly T[] {
    const items: T[] = [];
    while (!this.take(close)) {
      items.push(item());
      if (!this.take(',') && this.peek() !== close) this.fail(`"," or "${close}" expected`);
    }
    return items;
  }
  fail(what: string): never {
    const found = this.kind === 'end' ? 'the end' : `"${this.peek()}"`;
    return refuse(`${what}, found ${found}`, this.line);
  }
}
