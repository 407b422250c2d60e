/** Which mergekit a text is written for. */
import { allDialects, currentOf, type Dialect, newest, versions } from '../../methods/dialect.ts';

/** The versions of mergekit, as it is now first. */
export const mergekitVersions = allDialects.filter((each) => currentOf(each) === 'mergekit');

const named = /\bmergekit\b[^\d\n]{0,20}(0\.\d+\.\d+)/i;
const comment = /^# mergekit [^\n]*\n/;

/** The version that has the release which the text names in a comment or in words around it; as it is now where it names none. */
export function versionIn(text: string): Dialect {
  const release = named.exec(text)?.[1];
  if (release === undefined) return 'mergekit';
  const fitting = versions.filter(({ of, last }) => of === 'mergekit' && !isAfter(release, last));
  return fitting.at(-1)?.id ?? 'mergekit';
}

/** The text with a comment that names the version, in place of the one that it may begin with. */
export function withVersion(text: string, version: Dialect): string {
  return `# ${nameOfVersion(version)}\n${text.replace(comment, '')}`;
}

/** "mergekit up to 0.0.6". */
export function nameOfVersion(version: Dialect): string {
  const label = versions.find(({ id }) => id === version)?.label ?? newest.mergekit;
  return `mergekit ${label}`;
}

/** Whether one release came after another. */
function isAfter(one: string, other: string): boolean {
  const [a, b] = [one, other].map((each) => each.split('.').map(Number));
  const at = a.findIndex((number, k) => number !== (b[k] ?? 0));
  return at >= 0 && a[at] > (b[at] ?? 0);
}
