import { Plus } from 'lucide-react';
import { type DragEvent, type KeyboardEvent, useRef, useState } from 'react';
import type { Finding } from '../../plan/types.ts';
import type { ModelRef, Recipe, Slice } from '../../recipe/recipe.ts';
import { depthOf, freshSliceId, layersIn, placed, sliceOf } from '../../recipe/slices.ts';
import type { Depths } from '../../stores/depths.ts';
import { session, useFindings } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { SliceBlock } from './slice-block.tsx';
import { counted } from './slice-props.ts';

type SliceColumnProps = {
  readonly recipe: Recipe;
  readonly slices: readonly Slice[];
  readonly depths: Depths;
};

/** The output's layers from the first to the last as a column of blocks: dragged, or moved by Alt and an arrow. */
export function SliceColumn({ recipe, slices, depths }: SliceColumnProps) {
  const edit = session.recipe.getState();
  const findings = useFindings();
  const [open, setOpen] = useState<string | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const models = modelsOf(recipe);
  const heads = () => [...(list.current?.querySelectorAll<HTMLElement>('.slice-head') ?? [])];
  const focusOn = (index: number) => requestAnimationFrame(() => heads()[index]?.focus());

  const remove = (index: number) => {
    const left = slices.filter((_, k) => k !== index);
    edit.setSlices(left.length === 0 ? null : left);
    focusOn(Math.min(index, left.length - 1));
  };
  const place = (id: string, to: number) => {
    edit.setSlices(placed(slices, id, to));
    focusOn(Math.min(slices.length - 1, Math.max(0, to)));
  };
  const onKey = (event: KeyboardEvent, id: string, index: number) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step !== undefined) {
      if (event.altKey) place(id, index + step);
      else heads()[index + step]?.focus();
    } else if (event.key === 'Delete') remove(index);
    else return;
    event.preventDefault();
  };
  const onDrop = (event: DragEvent, index: number) => {
    event.preventDefault();
    event.stopPropagation();
    if (dragged !== null) place(dragged, index);
    setDragged(null);
  };
  const add = () => {
    const [model] = recipe.experts.length > 0 ? [recipe.experts[0].model] : models;
    const depth = depths.get(model.id) ?? 1;
    const id = freshSliceId(slices);
    edit.setSlices([...slices, sliceOf(id, model.id, depth - 1, depth)]);
    setOpen(id);
    focusOn(slices.length);
  };

  let start = 0;
  return (
    <>
      <p className="param-help">
        {counted(layersIn(slices), 'layer')} in {counted(slices.length, 'slice')}, the first on top.
        Drag a slice, or move it with Alt and an arrow key; embeddings come from the first, the head
        from the last.
      </p>
      <ol className="slices" ref={list} aria-label="Slices">
        {slices.map((slice, index) => {
          const from = start;
          start += depthOf(slice);
          return (
            <li
              key={slice.id}
              className={dragged === slice.id ? 'slice is-dragged' : 'slice'}
              onDragOver={(event) => dragged !== null && event.preventDefault()}
              onDrop={(event) => onDrop(event, index)}
            >
              <SliceBlock
                {...{ recipe, slices, slice, index, from, models, depths }}
                findings={ofSlice(findings, index)}
                isOpen={open === slice.id}
                onToggle={() => setOpen(open === slice.id ? null : slice.id)}
                onKey={(event) => onKey(event, slice.id, index)}
                onDrag={setDragged}
                onPlace={(to) => place(slice.id, to)}
                onRemove={() => remove(index)}
              />
            </li>
          );
        })}
      </ol>
      <div className="rule-buttons">
        <Button isDisabled={models.length === 0} onPress={add}>
          <Plus aria-hidden /> Add slice
        </Button>
        <Button look="quiet" onPress={() => edit.setSlices(null)}>
          Layers as they are
        </Button>
      </div>
    </>
  );
}

/** The base first. */
function modelsOf({ base, experts }: Recipe): readonly ModelRef[] {
  const all = [...(base ? [base] : []), ...experts.map(({ model }) => model)];
  return [...new Map(all.map((ref) => [ref.id, ref])).values()];
}

const ofSlice = (findings: readonly Finding[], index: number) =>
  findings.filter(({ place, severity }) => place.slice === index && severity !== 'note');
