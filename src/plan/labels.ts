/** What the rows of a task head mean, as config.json tells. */
import type { ConfigEdit } from '../formats/edit-config.ts';
import type { Model } from '../formats/model.ts';

/** Labels in the order of the rows; null when the config names none. */
export function labelsOf({ config }: Model): readonly string[] | null {
  const names = config?.['id2label'];
  if (typeof names !== 'object' || names === null || Array.isArray(names)) return null;
  const rows = Object.entries(names).sort(([a], [b]) => Number(a) - Number(b));
  return rows.map(([, label]) => String(label));
}

/** Fields of a config that belong to the head and not to the body. */
const OF_HEAD = [
  'architectures',
  'id2label',
  'label2id',
  'num_labels',
  'problem_type',
  'finetuning_task',
  'classifier_dropout',
  'classifier_proj_size',
  'summary_type',
  'summary_use_proj',
  'summary_activation',
  'summary_proj_to_labels',
];

/** Makes the config of `model` that of one with the head of `donor`. */
export function headEdits(model: Model, donor: Model): readonly ConfigEdit[] {
  const [mine, theirs] = [model.config, donor.config];
  if (!mine || !theirs || donor === model) return [];
  return OF_HEAD.flatMap((key): readonly ConfigEdit[] => {
    if (JSON.stringify(mine[key]) === JSON.stringify(theirs[key])) return [];
    return [{ path: [key], value: theirs[key] ?? null }];
  });
}
