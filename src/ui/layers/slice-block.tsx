import { ArrowDown, ArrowUp, ChevronRight, Copy, Scissors, X } from 'lucide-react';
import type { CSSProperties } from 'react';
import { findMethod } from '../../methods/registry.ts';
import type { ModelRef, Recipe, Slice, SliceSource } from '../../recipe/recipe.ts';
import { depthOf, repeated, split } from '../../recipe/slices.ts';
import { session } from '../../stores/use-session.ts';
import { IconButton } from '../kit/button.tsx';
import { SliceForm } from './slice-form.tsx';
import { counted, type SliceBlockProps } from './slice-props.ts';

export function SliceBlock(props: SliceBlockProps) {
  const { slices, slice, index, from, models, findings, isOpen } = props;
  const edit = session.recipe.getState();
  const name = `Slice ${index + 1}`;
  const depth = depthOf(slice);
  const colours = slice.sources.map(({ model }) => toneOf(models, model));
  const style = {
    '--tones': `linear-gradient(90deg, ${stripes(colours)})`,
    '--layers': Math.min(depth, 40),
  } as CSSProperties;
  const id = `${slice.id}-form`;
  return (
    <div className="slice-block" style={style}>
      <div className="slice-row">
        <button
          type="button"
          className="slice-head"
          draggable
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={props.onToggle}
          onKeyDown={props.onKey}
          onDragStart={(event) => {
            event.dataTransfer.effectAllowed = 'move';
            event.dataTransfer.setData('text/plain', name);
            props.onDrag(slice.id);
          }}
          onDragEnd={() => props.onDrag(null)}
        >
          <ChevronRight aria-hidden className="slice-mark" />
          <span className="slice-text">
            <span className="slice-place">{placeText(from, depth)}</span>
            {slice.sources.map((source) => (
              <span key={source.model} className="slice-source">
                {nameOf(models, source.model)} {rangeText(source)}
              </span>
            ))}
            <span className="slice-method">{methodText(slice, props.recipe)}</span>
          </span>
        </button>
        <IconButton
          className="small"
          label={`Move ${name} up`}
          isDisabled={index === 0}
          onPress={() => props.onPlace(index - 1)}
        >
          <ArrowUp aria-hidden />
        </IconButton>
        <IconButton
          className="small"
          label={`Move ${name} down`}
          isDisabled={index === slices.length - 1}
          onPress={() => props.onPlace(index + 1)}
        >
          <ArrowDown aria-hidden />
        </IconButton>
        <IconButton
          className="small"
          label={`Repeat ${name}`}
          onPress={() => edit.setSlices(repeated(slices, slice.id))}
        >
          <Copy aria-hidden />
        </IconButton>
        <IconButton
          className="small"
          label={`Split ${name}`}
          isDisabled={depth < 2}
          onPress={() => edit.setSlices(split(slices, slice.id, Math.floor(depth / 2)))}
        >
          <Scissors aria-hidden />
        </IconButton>
        <IconButton className="small" label={`Remove ${name}`} onPress={props.onRemove}>
          <X aria-hidden />
        </IconButton>
      </div>
      {findings.map(({ severity, message, advice }) => (
        <p key={message} className={`slice-finding is-${severity}`}>
          {message} {advice}
        </p>
      ))}
      <div id={id} hidden={!isOpen}>
        {isOpen && <SliceForm {...props} name={name} />}
      </div>
    </div>
  );
}

const nameOf = (models: readonly ModelRef[], id: string) =>
  models.find((model) => model.id === id)?.name ?? id;

const toneOf = (models: readonly ModelRef[], id: string) =>
  `var(--slice-${
    Math.max(
      0,
      models.findIndex((model) => model.id === id),
    ) % 6
  })`;

/** Stripes side by side, one a model. */
function stripes(colours: readonly string[]): string {
  const each = 100 / colours.length;
  return colours.map((colour, k) => `${colour} ${k * each}% ${(k + 1) * each}%`).join(', ');
}

function placeText(from: number, depth: number): string {
  if (depth === 0) return 'no layers';
  return depth === 1 ? `${from}` : `${from}–${from + depth - 1}`;
}

function rangeText({ from, to }: SliceSource): string {
  if (to <= from) return 'no layers';
  return to - from === 1 ? `layer ${from}` : `layers ${from}–${to - 1}`;
}

function methodText({ method, rules, sources }: Slice, recipe: Recipe): string {
  const own = findMethod(method ?? recipe.method)?.title ?? '';
  const isCopy = sources.length === 1 && (method ?? recipe.method) === recipe.method;
  const what = isCopy && findMethod(recipe.method)?.copies ? 'as they are' : own;
  return rules.length > 0 ? `${what}, ${counted(rules.length, 'rule')}` : what;
}
