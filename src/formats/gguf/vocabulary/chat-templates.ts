import { type Metadata, string, strings } from '../container.ts';
import { type Fields, isFields } from './files.ts';

/** Key-values of tokenizer_config.json's chat templates, or of `file`, chat_template.jinja. */
export function templatesOf(config: Fields, file: string | null): Metadata {
  const template = config['chat_template'] ?? file;
  if (typeof template === 'string') return [['tokenizer.chat_template', string(template)]];
  if (!Array.isArray(template)) return [];
  const named = template.filter(isFields).flatMap(({ name, template: text }) => {
    return typeof name === 'string' && typeof text === 'string' ? [{ name, text }] : [];
  });
  const others = named.filter(({ name }) => name !== 'default');
  const list: Metadata =
    others.length === 0
      ? []
      : [['tokenizer.chat_templates', strings(others.map(({ name }) => name))]];
  return [
    ...list,
    ...named.map(({ name, text }): Metadata[number] => [
      name === 'default' ? 'tokenizer.chat_template' : `tokenizer.chat_template.${name}`,
      string(text),
    ]),
  ];
}
