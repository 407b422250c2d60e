type Field = string | number | boolean | null;

/**
 * RFC 4180: every line ends with CRLF; nothing stands where a value is not known. Numbers are written in full, and a text
 * that a spreadsheet would run as a formula gets the apostrophe by which it is read as text.
 */
export function csv(lines: readonly (readonly Field[])[]): string {
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

function field(value: Field): string {
  const text = typeof value === 'string' ? harmless(value) : known(value) ? String(value) : '';
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const known = (value: Field): boolean => value !== null && !Number.isNaN(value);

/** Names of models and tensors are whatever somebody wrote. */
function harmless(text: string): string {
  const isNumber = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
  return /^[=+\-@\t\r]/.test(text) && !isNumber ? `'${text}` : text;
}
