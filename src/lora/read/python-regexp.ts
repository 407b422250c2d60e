import { FormatError } from '../../formats/error.ts';

/**
 * A pattern of an adapter's config, which Python's `re` reads, for the whole of a text. The two agree on all that
 * such patterns use but the names of groups and the ends of texts. Throws `FormatError` for one that is none,
 * showing it as it was `written`, and for one that may take longer than anybody waits.
 */
export function pythonRegExp(source: string, file: string, written = source): RegExp {
  const translated = source
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll(/\\[Zz]/g, '$');
  const refused = (expected: string, cause?: unknown) =>
    new FormatError(
      'bad-config',
      {
        file,
        found: `the pattern "${written}"`,
        expected,
        advice: 'Write it as PEFT can read it: names of modules, or a regular expression for them.',
      },
      cause,
    );
  if (repeatsRepeats(source)) throw refused('one without a repeated group that repeats inside');
  try {
    return new RegExp(`^(?:${translated})$`);
  } catch (cause) {
    throw refused('a regular expression', cause);
  }
}

/**
 * Whether a group that holds an unbounded repetition is itself repeated without bound, as in `(.*)*`: a text that such a
 * pattern does not match can be cut in more ways than can be tried.
 */
function repeatsRepeats(pattern: string): boolean {
  /** For each group that is open, whether something in it repeats; the last is all of the pattern. */
  const groups = [false];
  let closed = false;
  for (const [token] of pattern.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{\d*,\}|[\s\S]/g)) {
    const repeats = token === '*' || token === '+' || /^\{\d*,\}$/.test(token);
    if (repeats && closed) return true;
    if (repeats) groups[groups.length - 1] = true;
    closed = false;
    if (token === '(') groups.push(false);
    else if (token === ')' && groups.length > 1) {
      closed = groups.pop() === true;
      if (closed) groups[groups.length - 1] = true;
    }
  }
  return false;
}
