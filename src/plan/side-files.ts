import { correctedConfig } from '../formats/config.ts';
import { type ConfigEdit, editConfig } from '../formats/edit-config.ts';
import type { Model } from '../formats/model.ts';
import { type FloatDtype, isFloatDtype } from '../numerics/dtype.ts';
import { type CardFacts, cardText } from './card.ts';
import { configEdits } from './config-edits.ts';
import type { UnplacedJob } from './jobs.ts';
import type { Participants } from './participants.ts';
import type { SideFile } from './types.ts';

/**
 * The small files of the output folder: config.json made true to the output, the reference's other
 * companions as they are (a model holds only those that transformers needs), model card and recipe.
 */
export function sideFilesOf(
  who: Participants,
  jobs: readonly UnplacedJob[],
  facts: CardFacts,
): readonly SideFile[] {
  const { reference, recipe } = who;
  return [
    ...configFile(reference, mainDtype(jobs), configEdits(who)),
    ...reference.companions
      .filter(({ name }) => name !== 'config.json')
      .map(({ name }) => ({ name, copy: { model: reference.id, companion: name } })),
    { name: 'README.md', text: cardText(who, facts) },
    { name: 'amalgam-recipe.json', text: `${JSON.stringify(recipe, null, 2)}\n` },
  ];
}

function configFile(
  reference: Model,
  dtype: FloatDtype | null,
  edits: readonly ConfigEdit[],
): readonly SideFile[] {
  const config = reference.companions.find(({ name }) => name === 'config.json');
  if (!config) return [];
  if (config.text === null || dtype === null) {
    return [{ name: config.name, copy: { model: reference.id, companion: config.name } }];
  }
  return [{ name: config.name, text: editConfig(correctedConfig(config.text, dtype), edits) }];
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
