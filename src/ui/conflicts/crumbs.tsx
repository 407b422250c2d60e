import type { ReactNode } from 'react';
import { nowhere, patchSide } from '../../stores/conflicts.ts';
import { session, useConflicts } from '../../stores/use-session.ts';

/** Model › tensor › square › element; each but the last leads back up to it. */
export function Crumbs() {
  const { focus, patch } = useConflicts((state) => state);
  const { tensor, square, element } = focus;
  const { focusOn } = session.conflicts.getState();
  const span = (first: number, length: number) => `${first}–${first + length - 1}`;
  const down = patch?.down ?? patchSide;
  const across = patch?.across ?? patchSide;
  const steps: { readonly key: string; readonly text: ReactNode; readonly go: () => void }[] = [
    { key: 'model', text: 'Model', go: () => focusOn(nowhere) },
    { key: 'tensor', text: tensor, go: () => focusOn({ square: null, element: null }) },
  ];
  if (square) {
    const text = `rows ${span(square.row, down)}, columns ${span(square.column, across)}`;
    steps.push({ key: 'square', text, go: () => focusOn({ element: null }) });
    if (element !== null) {
      const row = square.row + Math.floor(element / across);
      const text = `row ${row}, column ${square.column + (element % across)}`;
      steps.push({ key: 'element', text, go: () => {} });
    }
  }
  return (
    <nav className="conflict-crumbs" aria-label="Where you are">
      <ol>
        {steps.map(({ key, text, go }, i) => (
          <li key={key}>
            {i > 0 && <span aria-hidden>›</span>}
            {i === steps.length - 1 ? (
              <span className="number" aria-current="location">
                {text}
              </span>
            ) : (
              <button type="button" className="link number" onClick={go}>
                {text}
              </button>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
