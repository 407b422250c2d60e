import { roleOf } from '../formats/beside.ts';
import { correctedConfig } from '../formats/config.ts';
import { editConfig } from '../formats/edit-config.ts';
import { type Companion, type Component, identityOf } from '../formats/model.ts';
import { fieldsIn, withTemplate } from '../formats/speech.ts';
import { type FloatDtype, isFloatDtype } from '../numerics/dtype.ts';
import { type CardFacts, cardName, cardText } from './card.ts';
import { chosenTemplate, templateFile, templateInConfig } from './chat-template.ts';
import { configEdits } from './config-edits.ts';
import type { UnplacedJob } from './jobs.ts';
import type { Participants } from './participants.ts';
import { idEdits, tokenFile } from './tokens/files.ts';
import type { SideFile } from './types.ts';

/**
 * The small files of the output folder: those of the donor of each role as they are, but for config.json,
 * which is made true to the output, and a chat template that comes from another model; then model card and
 * recipe.
 */
export function sideFilesOf(
  who: Participants,
  jobs: readonly UnplacedJob[],
  facts: CardFacts,
): readonly SideFile[] {
  const template = chosenTemplate(who);
  const copied = Object.entries(who.donors).flatMap(([role, { id, companions }]) =>
    companions
      .filter(({ name }) => roleOf(name) === role)
      .filter(({ name }) => template === null || !/^chat_template\./.test(name))
      .map((file): SideFile => {
        const { name } = file;
        return changed(who, jobs, file) ?? { name, copy: { model: id, companion: name } };
      }),
  );
  return [
    ...[...copied, ...templateFile(template)].toSorted(byPlace),
    { name: cardName, text: cardText(who, facts) },
    { name: 'amalgam-recipe.json', text: `${JSON.stringify(who.recipe, null, 2)}\n` },
  ];
}

/** Files at the top, then those in folders; by name. */
function byPlace(a: SideFile, b: SideFile): number {
  const depth = (file: SideFile) => Number(file.name.includes('/'));
  return depth(a) - depth(b) || (a.name < b.name ? -1 : 1);
}

/** A file that is not copied as it is; null for all others. */
function changed(
  who: Participants,
  jobs: readonly UnplacedJob[],
  { name, text }: Companion,
): SideFile | null {
  const { donors } = who;
  const ofTokens = who.tokens && tokenFile(who.tokens, name, text);
  if (ofTokens && name !== 'tokenizer_config.json') return { name, text: ofTokens };
  if (text === null) return null;
  if (
    name === 'tokenizer_config.json' &&
    (donors.tokenizer !== donors.chatTemplate || chosenTemplate(who) !== null)
  ) {
    return { name, text: withTemplate(ofTokens ?? text, templateInConfig(who)) };
  }
  if (ofTokens) return { name, text: ofTokens };
  if (name === 'generation_config.json' && who.tokens) {
    return { name, text: editConfig(text, idEdits(who, donors.generation, fieldsIn(text))) };
  }
  const component = donors.config.components.find(
    (each) => identityOf(each.name, 'config.json') === name,
  );
  const own = jobs.filter((job) => job.component === component?.name);
  const dtype = mainDtype(own);
  if (!component || dtype === null) return null;
  const corrected = correctedConfig(text, dtype, isTransformers(component));
  return { name, text: editConfig(corrected, configEdits(who, jobs, component.name)) };
}

/** Whether a config takes a dtype that it did not name: those of diffusers and of single layers do not. */
function isTransformers({ name, config }: Component): boolean {
  if (config === null || '_class_name' in config) return false;
  return name === '' || 'model_type' in config;
}

/** The dtype that most bytes of floats have: what transformers calls the dtype of a model. */
export function mainDtype(jobs: readonly UnplacedJob[]): FloatDtype | null {
  const bytes = new Map<FloatDtype, number>();
  for (const { dtype, byteLength } of jobs) {
    if (isFloatDtype(dtype)) bytes.set(dtype, (bytes.get(dtype) ?? 0) + byteLength);
  }
  const [most] = [...bytes].toSorted((a, b) => b[1] - a[1]);
  return most?.[0] ?? null;
}
