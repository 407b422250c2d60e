import type { Excerpt } from '../../../methods/excerpt.ts';
import type { Recipe } from '../../../recipe/recipe.ts';
import { patchSide } from '../../../stores/conflicts.ts';
import { session } from '../../../stores/use-session.ts';
import { Segmented } from '../../kit/segmented.tsx';

export type Choice = 'mine' | 'made up';

const options = [
  { value: 'mine', label: 'My weights' },
  { value: 'made up', label: 'Made-up' },
] as const;

type SourceLineProps = {
  /** Null where there are only made-up numbers. */
  readonly excerpt: Excerpt | null;
  readonly waitsForHub: boolean;
  readonly recipe: Recipe;
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
};

/** Where the numbers are from. */
export function SourceLine({ excerpt, waitsForHub, recipe, choice, onChoose }: SourceLineProps) {
  const isReal = excerpt !== null && choice === 'mine';
  return (
    <div className="worked-source small">
      {excerpt && (
        <Segmented label="Numbers" options={options} value={choice} onChange={onChoose} />
      )}
      {isReal ? (
        <p>
          <button type="button" className="link number" onClick={() => showIn(excerpt)}>
            {excerpt.tensor}
          </button>
          , row {excerpt.row}, columns {excerpt.column}–{excerpt.column + excerpt.base.length - 1}:
          where your models pull against each other the most. {noteOf(excerpt, recipe)}
        </p>
      ) : (
        <p className="faint">
          Made-up numbers with your settings.
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

/** What of the tensor counts here. */
function noteOf({ sampled, elementCount }: Excerpt, { trimScope }: Recipe): string {
  if (trimScope === 'model') {
    return 'Trimmed at this tensor’s own threshold; the recipe has one for the whole model.';
  }
  return sampled < elementCount
    ? 'Thresholds and lengths are those of a sample of the tensor.'
    : 'Thresholds and lengths are those of the whole tensor.';
}

/** Opens the elements in Conflicts: in the square that holds the first of them. */
function showIn({ tensor, row, column, matrix: [rows, columns] }: Excerpt): void {
  const first = (at: number, all: number) =>
    Math.max(0, Math.min(all - patchSide, at - (at % patchSide)));
  const square = { row: first(row, rows), column: first(column, columns) };
  const across = Math.min(patchSide, columns - square.column);
  const element = (row - square.row) * across + column - square.column;
  session.view.getState().showTab('conflicts');
  session.conflicts.getState().focusOn({ tensor, square, element });
}
