import { FormatError } from '../../formats/error.ts';

/**
 * A pattern of an adapter's config, which Python's `re` reads, for the whole of a text. The two agree on all that
 * such patterns use but the names of groups and the ends of texts. Throws `FormatError` for one that is none,
 * showing it as it was `written`.
 */
export function pythonRegExp(source: string, file: string, written = source): RegExp {
  const translated = source
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll(/\\[Zz]/g, '$');
  try {
    return new RegExp(`^(?:${translated})$`);
  } catch (cause) {
    throw new FormatError(
      'bad-config',
      {
        file,
        found: `the pattern "${written}"`,
        expected: 'a regular expression',
        advice: 'Write it as PEFT can read it: names of modules, or a regular expression for them.',
      },
      cause,
    );
  }
}
