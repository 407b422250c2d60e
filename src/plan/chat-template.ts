/** The chat template of the output, where the recipe says more than whose it is. */
import { templateOf } from '../formats/speech.ts';
import type { Participants } from './participants.ts';
import type { SideFile } from './types.ts';

/** As JSON text; null where it is the donor's, or no model has any. Of those that are as common the first counts. */
export function chosenTemplate({
  recipe: { chatTemplate },
  reference,
  experts,
}: Participants): string | null {
  if (chatTemplate === null) return null;
  if (chatTemplate !== 'most common') return JSON.stringify(chatTemplate.text);
  const models = new Map(
    [reference, ...experts.map(({ model }) => model)].map((model) => [model.id, model]),
  );
  const counts = new Map<string, number>();
  for (const model of models.values()) {
    const template = templateOf(model);
    if (template !== null) counts.set(template, (counts.get(template) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}

/** A list of named templates has no file of its own. */
const isText = (template: string) => typeof JSON.parse(template) === 'string';

/** chat_template.jinja, which takes the place of any other. */
export function templateFile(template: string | null): readonly SideFile[] {
  if (template === null || !isText(template)) return [];
  return [{ name: 'chat_template.jinja', text: JSON.parse(template) as string }];
}

/** What tokenizer_config.json has of it. */
export function templateInConfig(who: Participants): string | null {
  const chosen = chosenTemplate(who);
  if (chosen !== null) return isText(chosen) ? null : chosen;
  return templateOf(who.donors.chatTemplate);
}
