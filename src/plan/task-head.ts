/**
 * Heads that were trained for one task: classifiers, scores, answer spans, values. Their rows are labels,
 * or boxes, or a reward, and no two tasks share them, so a head is kept whole from one model.
 */
import type { Model, TensorEntry } from '../formats/model.ts';
import type { Keep } from '../recipe/recipe.ts';
import { placeOf } from './groups.ts';
import type { Tensors } from './names/tensors.ts';
import type { Participants } from './participants.ts';
import { rememberLast } from './remember.ts';
import { hasTokenRows } from './vocabulary.ts';

/** As transformers, TRL and timm call them. */
const TASK_HEAD =
  /^(?:classifier|pre_classifier|cls_classifier|class_labels_classifier|distillation_classifier|visual_classifier|score|qa_outputs|classification_head|regression_head|seq_relationship|logits_proj|sequence_summary|class_predictor|bbox_predictor|(?:v|value|reward|rank)_head|heads?|head_dist)$/;

/** A model, and its tensors under the names they meet by. */
type Named = { readonly model: Model; readonly tensors: Tensors };

/** Whether a tensor of the model is one of its task head, by the name it meets under. */
export function isTaskHead(
  name: string,
  tensor: Pick<TensorEntry, 'shape'>,
  model: Model,
): boolean {
  if (placeOf(name).layer !== null) return false;
  const segments = name.split('.').slice(0, -1);
  const named = segments.some((segment) => TASK_HEAD.test(segment));
  return (named || /^fc\.(?:weight|bias)$/.test(name)) && !hasTokenRows(name, tensor, model);
}

const remembered = rememberLast<readonly TensorEntry[]>();

/** The tensors of a model's task head, under the names they meet by; most models have none. */
export function taskHeadOf({ model, tensors }: Named): readonly TensorEntry[] {
  return remembered(tensors, [model], () =>
    [...tensors]
      .filter(([name, tensor]) => isTaskHead(name, tensor, model))
      .map(([name, tensor]) => ({ ...tensor, name })),
  );
}

/** Whose task head the output gets, if the recipe says so and the model takes part. */
export function headDonor({ recipe, reference, experts }: Participants): Named | null {
  const keep = recipe.keeps.find(({ filter }) => filter.kind === 'task head');
  if (!keep || keep.from.kind === 'refuse') return null;
  const own = { model: reference, tensors: reference.tensors };
  if (keep.from.kind === 'base') return own;
  const { model } = keep.from;
  const donor = experts.find(({ ref }) => ref.id === model);
  return donor ?? (reference.id === model ? own : null);
}

/** The rule that keeps the task head of a model. */
export function keepHead(model: Model, reference: Model): Omit<Keep, 'id'> {
  const from =
    model === reference
      ? ({ kind: 'base' } as const)
      : ({ kind: 'model', model: model.id } as const);
  return { filter: { kind: 'task head' }, from };
}
