import { elsewhere, refusal } from './refusal.ts';

type Fields = Readonly<Record<string, unknown>>;

const file = 'config.json';

/** A config.json as an architecture reads it: each question names its key where the answer is no use. */
export class Settings {
  readonly fields: Fields;

  constructor(fields: Fields) {
    this.fields = fields;
  }

  /** The first of these keys that is there, as a number. Throws FormatError naming the first. */
  number(...keys: readonly [string, ...string[]]): number {
    const value = this.maybe(...keys);
    if (value !== null) return value;
    throw refusal({ file, found: `no "${keys[0]}"`, expected: 'a number', advice });
  }

  /** As `number`, but a whole one above zero. */
  count(...keys: readonly [string, ...string[]]): number {
    const value = this.number(...keys);
    if (Number.isInteger(value) && value > 0) return value;
    const expected = 'a whole number above 0';
    throw refusal({ file, found: `"${keys[0]}": ${value}`, expected, advice });
  }

  /** Null where none of these keys is there, or null. */
  maybe(...keys: readonly [string, ...string[]]): number | null {
    const key = keys.find((each) => this.fields[each] !== undefined && this.fields[each] !== null);
    if (key === undefined) return null;
    const value = this.fields[key];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    const found = `"${key}": ${JSON.stringify(value)}`;
    throw refusal({ file, found, expected: 'a number', advice });
  }

  /** What llama.cpp takes for granted of an architecture; throws where the config says another thing. */
  mustBe(key: string, ...allowed: readonly [unknown, ...unknown[]]): void {
    const value = this.fields[key];
    if (value === undefined || value === null || allowed.includes(value)) return;
    const expected = `${allowed.map((each) => JSON.stringify(each)).join(' or ')}, which is what llama.cpp computes for this architecture`;
    throw refusal({
      file,
      found: `"${key}": ${JSON.stringify(value)}`,
      expected,
      advice: elsewhere,
    });
  }

  /** Elements of one attention head. */
  headSize(): number {
    return this.maybe('head_dim') ?? this.count('hidden_size') / this.count('num_attention_heads');
  }
}

const advice = 'Take config.json again from where the model came from.';
