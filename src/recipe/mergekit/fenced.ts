/** The recipe inside a model card, or any Markdown: a fenced block that names a merge_method. */

export type Fenced = {
  readonly text: string;
  /** Line of the whole text that it begins on, from 1. */
  readonly firstLine: number;
  /** Lines of further blocks that are recipes. */
  readonly others: readonly number[];
};

const fence = /^[ \t]*(`{3,}|~{3,})[ \t]*([\w-]*)[^\n`]*\r?\n([\s\S]*?)^[ \t]*\1[`~]*[ \t]*$/gm;

/** A text without such a block is a recipe as it is. */
export function unfenced(text: string): Fenced {
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  const blocks = [...text.matchAll(fence)].flatMap((match) => {
    const [whole, , language, inside] = match;
    const isYaml = /^(?:ya?ml)?$/i.test(language) && /^\s*merge_method\s*:/m.test(inside);
    if (!isYaml) return [];
    const begin = match.index + whole.indexOf('\n') + 1;
    return [{ text: inside, firstLine: lineAt(begin) }];
  });
  const [first, ...others] = blocks;
  if (!first) return { text, firstLine: 1, others: [] };
  return { ...first, others: others.map(({ firstLine }) => firstLine) };
}
