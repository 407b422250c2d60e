/** YAML that PyYAML and YAML 1.2 readers take alike. */

/** Keys that may be numbers are those of a `Map`: those of an object would come first. */
export type Yaml =
  | string
  | number
  | boolean
  | readonly Yaml[]
  | ReadonlyMap<string, Yaml>
  | { readonly [key: string]: Yaml };

/** The text of a map, two blanks a level; lists of plain values stand in one line. */
export function emit(value: { readonly [key: string]: Yaml }): string {
  return `${block(value).join('\n')}\n`;
}

function block(value: Yaml): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: Yaml) => {
      const [first, ...rest] = block(item);
      return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
    });
  }
  if (typeof value !== 'object') return [plain(value)];
  const members: readonly (readonly [string, Yaml])[] =
    value instanceof Map ? [...value] : Object.entries(value);
  return members.flatMap(([key, member]) => {
    const isInline = typeof member !== 'object' || (Array.isArray(member) && member.every(isPlain));
    if (isInline) return [`${text(key)}: ${plain(member)}`];
    return [`${text(key)}:`, ...block(member).map((line) => `  ${line}`)];
  });
}

const isPlain = (value: Yaml) => typeof value !== 'object';

function plain(value: Yaml): string {
  if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`;
  if (typeof value === 'number') return number(value);
  return typeof value === 'string' ? text(value) : String(value);
}

/** With a dot before the exponent: without one PyYAML reads a text. */
function number(value: number): string {
  return String(value)
    .replace(/^(-?\d+)e([+-]?)(\d+)$/, '$1.0e$2$3')
    .replace(/e(\d)/, 'e+$1');
}

const words = /^(?:true|false|yes|no|on|off|y|n|null|nan|inf)$/i;

/** Quoted where it could be read as something else: a JSON string is a YAML string. */
function text(value: string): string {
  return /^[A-Za-z_][\w./@+-]*$/.test(value) && !words.test(value) ? value : JSON.stringify(value);
}
