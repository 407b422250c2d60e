/** Which column of a table means what: recognised by its name, or named by a person. */
import { type Columns, type Naming, type Role, rolesOf, type TaskKind } from '../naming.ts';

/** Names as public data sets have them, the likeliest first; case, spaces, dashes and underscores do not count. */
const names: Readonly<Record<Role, readonly string[]>> = {
  prompt: [
    ...['prompt', 'question', 'input', 'instruction', 'query', 'problem', 'goal', 'ctx'],
    ...['context', 'questionstem', 'stem', 'premise', 'source'],
  ],
  answer: [
    ...['answer', 'target', 'expected', 'output', 'completion', 'response', 'label', 'answerkey'],
    ...['correct', 'correctanswer', 'solution', 'gold', 'answerindex'],
  ],
  choices: ['choices', 'options', 'endings', 'candidates', 'answers'],
  text: ['text', 'content', 'document', 'page', 'passage', 'body', 'sentence', 'story'],
  a: ['a', 'sentence1', 'text1', 'sentencea', 'texta', 's1', 'anchor', 'query'],
  b: ['b', 'sentence2', 'text2', 'sentenceb', 'textb', 's2', 'positive', 'document'],
  score: [
    'score',
    'similarity',
    'similarityscore',
    'relatednessscore',
    'relatedness',
    'label',
    'gold',
  ],
};

/** One column a choice: A, B, C …; choice1, choice2 …; option_a …; ending0 … */
const numbered = /^(?:choice|option|ending|sol|answer)?([a-j]|\d{1,2})$/;

const plain = (name: string) => name.toLowerCase().replace(/[\s_-]/g, '');

/** The kind that the columns tell, and which is which; null where no kind has all it needs. */
export function recognise(
  columns: readonly string[],
): { readonly kind: TaskKind; readonly columns: Columns } | null {
  // Pairs first: a score between two sentences is nothing else; texts last, for anything may have a text beside.
  for (const kind of ['pairs', 'choice', 'exact', 'text'] as const) {
    const found = recogniseAs(kind, columns);
    if (rolesOf(kind).every((role) => found[role] !== undefined)) return { kind, columns: found };
  }
  return null;
}

/** What of a kind is recognised; the rest a person has to name. */
export function recogniseAs(kind: TaskKind, columns: readonly string[]): Columns {
  const series = kind === 'choice' ? seriesOf(columns) : null;
  const taken = new Set<string>(series ?? []);
  const found: Partial<Record<Role, string | readonly string[]>> = {};
  for (const role of rolesOf(kind)) {
    const name = names[role]
      .map((known) => columns.find((column) => plain(column) === known && !taken.has(column)))
      .find((column) => column !== undefined);
    if (name === undefined) continue;
    taken.add(name);
    found[role] = name;
  }
  if (found.choices === undefined && series) found.choices = series;
  return found;
}

/** What is named, with what is recognised for the roles that the kind needs besides, and no other roles. */
export function completed(
  kind: TaskKind,
  named: Naming,
  columns: readonly string[],
): Naming & { readonly kind: TaskKind; readonly columns: Columns } {
  const known = { ...recogniseAs(kind, columns), ...named.columns };
  const needed = rolesOf(kind, named).flatMap((role) => {
    const name = known[role];
    return name === undefined ? [] : [[role, name] as const];
  });
  return { ...named, kind, columns: Object.fromEntries(needed) };
}

/** Two or more columns that differ in their letter or number alone, in order. */
function seriesOf(columns: readonly string[]): readonly string[] | null {
  const families = new Map<string, { column: string; at: string }[]>();
  for (const column of columns) {
    const at = numbered.exec(plain(column))?.[1];
    if (at === undefined) continue;
    const family = `${plain(column).slice(0, -at.length)} ${/\d/.test(at) ? 'number' : 'letter'}`;
    families.set(family, [...(families.get(family) ?? []), { column, at }]);
  }
  const [longest] = [...families.values()].sort((x, y) => y.length - x.length);
  if (!longest || longest.length < 2) return null;
  return longest
    .sort((x, y) => x.at.length - y.at.length || (x.at < y.at ? -1 : 1))
    .map(({ column }) => column);
}
