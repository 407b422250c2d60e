/** `chat_template` of a mergekit recipe: `auto`, the text of one, or the name of one that mergekit brings. */
import { limits } from '../limits.ts';
import type { Recipe } from '../recipe.ts';
import { found, type LocatedMap } from './located.ts';
import { wordOf } from './reference.ts';
import { MergekitError, type Remarks } from './remarks.ts';

/** Turns between <|im_start|> and <|im_end|>, each with its role on a line of its own. */
const CHATML =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

const others = ['alpaca', 'exaone', 'llama3', 'mistral'];

export function readChatTemplate(document: LocatedMap, remarks: Remarks): Recipe['chatTemplate'] {
  const value = document.entries.get('chat_template')?.value;
  if (!value || value.kind === 'nothing') return null;
  if (!('text' in value)) {
    throw new MergekitError(`chat_template should be a text; found ${found(value)}`, value);
  }
  const text = wordOf(value);
  if (text === 'auto') return 'most common';
  if (text === 'chatml') return { text: CHATML };
  if (others.includes(text)) {
    const what = `The template that mergekit calls ${text} is not here: the output gets that of the base, or of a model that is chosen under “Files from”. Or paste its text in place of the name.`;
    remarks.add('left out', value, what);
    return null;
  }
  if (text.length < 20 || !text.includes('{')) {
    const what = `chat_template is ${found(value)}, which is neither the text nor the name of one: mergekit stops at it.`;
    remarks.add('refused', value, what);
    return null;
  }
  if (text.length <= limits.template) return { text };
  const [length, most] = [text.length, limits.template].map((n) => n.toLocaleString('en-US'));
  throw new MergekitError(
    `chat_template has ${length} characters, and at most ${most} are read`,
    value,
  );
}

export function chatTemplateYaml({ chatTemplate }: Pick<Recipe, 'chatTemplate'>) {
  if (chatTemplate === null) return {};
  return { chat_template: chatTemplate === 'most common' ? 'auto' : chatTemplate.text };
}
