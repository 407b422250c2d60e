import type { KeyboardEvent } from 'react';
import type { Finding } from '../../plan/types.ts';
import type { ModelRef, Recipe, Slice } from '../../recipe/recipe.ts';
import type { Depths } from '../../stores/depths.ts';

export type SliceBlockProps = {
  readonly recipe: Recipe;
  readonly slices: readonly Slice[];
  readonly slice: Slice;
  readonly index: number;
  /** Its first layer in the output. */
  readonly from: number;
  readonly models: readonly ModelRef[];
  readonly depths: Depths;
  readonly findings: readonly Finding[];
  readonly isOpen: boolean;
  onToggle(): void;
  onKey(event: KeyboardEvent): void;
  onDrag(id: string | null): void;
  onPlace(to: number): void;
  onRemove(): void;
};

export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
