/**
 * Heads that were trained for one task: classifiers, scores, answer spans, values. Their rows are labels,
 * or boxes, or a reward, and no two tasks share them, so a head is kept whole from one model.
 */
import type { Model, TensorEntry } from '../formats/model.ts';
import type { Keep } from '../recipe/recipe.ts';
import { placeOf } from './groups.ts';
import type { Participants } from './participants.ts';
import { hasTokenRows } from './vocabulary.ts';

/** As transformers, TRL and timm call them. */
const TASK_HEAD =
  /^(?:classifier|pre_classifier|cls_classifier|class_labels_classifier|distillation_classifier|visual_classifier|score|qa_outputs|classification_head|regression_head|seq_relationship|logits_proj|sequence_summary|class_predictor|bbox_predictor|(?:v|value|reward|rank)_head|heads?|head_dist)$/;

export function isTaskHead(entry: TensorEntry, model: Model): boolean {
  const { name } = entry;
  if (placeOf(name).layer !== null) return false;
  const segments = name.split('.').slice(0, -1);
  const named = segments.some((segment) => TASK_HEAD.test(segment));
  return (named || /^fc\.(?:weight|bias)$/.test(name)) && !hasTokenRows(entry, model);
}

/** The tensors of a model's task head; most models have none. */
export function taskHeadOf(model: Model): readonly TensorEntry[] {
  return [...model.tensors.values()].filter((entry) => isTaskHead(entry, model));
}

/** The model whose task head the output gets, if the recipe says so and it takes part. */
export function headDonor({ recipe, reference, experts }: Participants): Model | null {
  const keep = recipe.keeps.find(({ filter }) => filter.kind === 'task head');
  if (!keep || keep.from.kind === 'refuse') return null;
  if (keep.from.kind === 'base') return reference;
  const { model } = keep.from;
  const donor = experts.find(({ ref }) => ref.id === model)?.model;
  return donor ?? (reference.id === model ? reference : null);
}

/** The rule that keeps the task head of a model. */
export function keepHead(model: Model, reference: Model): Omit<Keep, 'id'> {
  const from =
    model === reference
      ? ({ kind: 'base' } as const)
      : ({ kind: 'model', model: model.id } as const);
  return { filter: { kind: 'task head' }, from };
}
