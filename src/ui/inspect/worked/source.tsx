import type { Excerpt, Spot } from '../../../methods/excerpt.ts';
import type { Recipe } from '../../../recipe/recipe.ts';
import { patchSide } from '../../../stores/conflicts.ts';
import { session } from '../../../stores/use-session.ts';
import { Segmented } from '../../kit/segmented.tsx';

const options = [
  { value: 'mine', label: 'My weights' },
  { value: 'example', label: 'Example' },
] as const;

type SourceLineProps = {
  /** Null where there are only examples. */
  readonly excerpt: Excerpt | null;
  /** Whether the elements of the excerpt are shown, and whether their numbers were changed. */
  readonly isReal: boolean;
  readonly isOwn: boolean;
  /** Whether the elements of one's own models are on their way. */
  readonly isLooking: boolean;
  /** Models that are shown. */
  readonly shown: number;
  readonly waitsForHub: boolean;
  readonly recipe: Recipe;
  /** The element that somebody chose; null where the most contested ones are shown. */
  readonly at: Spot | null;
  /** The element in focus. */
  readonly focus: number | null;
  /** Null while a lesson chooses. */
  readonly onChoose: ((source: 'mine' | 'example') => void) | null;
};

/** Where the numbers are from. */
export function SourceLine(props: SourceLineProps) {
  const { excerpt, isReal, isOwn, isLooking, shown } = props;
  const { waitsForHub, recipe, at, focus, onChoose } = props;
  return (
    <div className="worked-source small">
      {excerpt && onChoose && (
        <Segmented
          label="Numbers"
          options={options}
          value={isReal ? 'mine' : 'example'}
          onChange={onChoose}
        />
      )}
      {excerpt && isReal ? (
        <p>
          <button
            type="button"
            className="link number"
            title="Show in Conflicts"
            onClick={() => showIn(excerpt, focus ?? (at ? at.column - excerpt.column : 0))}
          >
            {excerpt.tensor}
          </button>
          , row {excerpt.row}, columns {excerpt.column}–{excerpt.column + excerpt.base.length - 1}
          {at ? (
            <>
              : what you chose.{' '}
              <button
                type="button"
                className="link"
                onClick={() => session.excerpt.getState().lookAt(null)}
              >
                Back to the most contested
              </button>
              .
            </>
          ) : (
            `: ${whyOf(excerpt)}.`
          )}{' '}
          {noteOf(excerpt, recipe)}
        </p>
      ) : (
        <p className="faint">
          {isOwn ? 'Your own numbers' : 'Made-up numbers'} with your settings
          {recipe.experts.length > shown &&
            ` of the first ${shown} of ${recipe.experts.length} models`}
          {isLooking && ', until elements of your own models are found'}.
          {waitsForHub && (
            <>
              {' '}
              Weights on the Hub are shown once you{' '}
              <button
                type="button"
                className="link"
                onClick={() => session.view.getState().showTab('conflicts')}
              >
                look at their conflicts
              </button>
              .
            </>
          )}
        </p>
      )}
    </div>
  );
}

function whyOf({ ordinals }: Excerpt): string {
  return ordinals.length === 1
    ? 'where your model changes the most'
    : 'where your models pull against each other the most';
}

/** What of the tensor counts here. */
function noteOf({ sampled, elementCount }: Excerpt, { trimScope }: Recipe): string {
  if (trimScope === 'model') {
    return 'Trimmed at the threshold of the whole model, as told by a sample of it.';
  }
  return sampled < elementCount
    ? 'Thresholds and lengths are those of a sample of the tensor.'
    : 'Thresholds and lengths are those of the whole tensor.';
}

/** Opens one of the elements in Conflicts, in the square that holds it. */
function showIn({ tensor, row, column, matrix: [rows, columns] }: Excerpt, at: number): void {
  const first = (of: number, all: number) =>
    Math.max(0, Math.min(all - patchSide, of - (of % patchSide)));
  const square = { row: first(row, rows), column: first(column + at, columns) };
  const across = Math.min(patchSide, columns - square.column);
  const element = (row - square.row) * across + column + at - square.column;
  session.view.getState().showTab('conflicts');
  session.conflicts.getState().focusOn({ tensor, square, element });
}
