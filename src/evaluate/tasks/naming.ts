/** What the columns of a file mean: the kind of task they make, and which is which. Plain data. */

export const kinds = ['exact', 'choice', 'text', 'pairs'] as const;
export type TaskKind = (typeof kinds)[number];

export const roles = ['prompt', 'answer', 'choices', 'text', 'a', 'b', 'score'] as const;
export type Role = (typeof roles)[number];

/** Column names by role. `choices` may be several columns, one a choice. */
export type Columns = Readonly<Partial<Record<Role, string | readonly string[]>>>;

/**
 * Where the right answer stands: in a column of its own; there, behind the last `####` (as in GSM8K); as the last word of the
 * prompt (as in LAMBADA); or, of choices, at the one `_` in the prompt (as in WinoGrande).
 */
export const places = ['column', 'after ####', 'last word', 'blank'] as const;
export type Place = (typeof places)[number];

/** What a person says about a file, or what is known of it; what is absent is recognised. */
export type Naming = {
  readonly kind?: TaskKind | undefined;
  readonly columns?: Columns | undefined;
  /**
   * How a prompt is put together, with columns in braces: `Question: {question}\nAnswer: {answer}`. The answer, or each choice,
   * stands at `{answer}`, or behind all where there is none. Without a template the prompt is its column.
   */
  readonly template?: string | undefined;
  /** Choices that are the same in every row, in the order in which 0, 1, … or false and true mean them. */
  readonly options?: readonly string[] | undefined;
  readonly place?: Place | undefined;
};

/** The roles that a kind needs a column for. */
export function rolesOf(kind: TaskKind, { options, place }: Naming = {}): readonly Role[] {
  switch (kind) {
    case 'exact':
      return place === 'last word' ? ['prompt'] : ['prompt', 'answer'];
    case 'choice':
      return options ? ['prompt', 'answer'] : ['prompt', 'choices', 'answer'];
    case 'text':
      return ['text'];
    case 'pairs':
      return ['a', 'b', 'score'];
    default:
      return kind satisfies never;
  }
}

/** Names in the braces of a template, `answer` left out; each once. */
export function namedIn(template: string): readonly string[] {
  const names = [...template.matchAll(/\{([^{}\n]+)\}/g)].map(([, name]) => name);
  return [...new Set(names)].filter((name) => name !== 'answer');
}

/** All columns that have to be read. */
export function columnsUsed({ columns = {}, template = '' }: Naming): readonly string[] {
  const names = [...Object.values(columns).flat(), ...namedIn(template)];
  return [...new Set(names)].filter((name) => name !== '');
}
