import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from 'react';
import { moved, type Sight } from '../../views/sight.ts';
import type { Tiling } from '../../views/tiles.ts';

/** An element, by row and column of the tensor's matrix. */
export type Place = { readonly row: number; readonly column: number };

export type Moves = {
  readonly sight: Sight;
  readonly tiling: Tiling;
  /** Elements that one step of an arrow key is. */
  readonly unit: { readonly height: number; readonly width: number };
  /** The chosen one. */
  readonly place: Place;
  see(sight: Sight): void;
  zoom(times: number, at?: Place): void;
  whole(): void;
  /** The pointer rests on it. */
  point(place: Place): void;
  /** Arrow keys lead to it. */
  choose(place: Place): void;
  open(place: Place): void;
};

/** CSS pixels that a pointer moves before it drags. */
const slack = 4;

/**
 * Keys, pointer and wheel over a picture: arrows choose, Enter opens, + − 0 zoom; a click opens, a drag moves what is in
 * sight, two fingers and the wheel with Ctrl (what a pinch on a touchpad is) zoom. The wheel alone scrolls the page.
 */
export function usePictureMoves(canvas: RefObject<HTMLCanvasElement | null>, moves: Moves) {
  const latest = useRef(moves);
  latest.current = moves;
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  const hasMoved = useRef(false);

  useEffect(() => {
    const element = canvas.current;
    // React listens passively, and the page would zoom as well.
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { zoom, sight } = latest.current;
      zoom(2 ** (-event.deltaY / 100), placeAt(event, event.currentTarget as Element, sight));
    };
    element?.addEventListener('wheel', turn, { passive: false });
    return () => element?.removeEventListener('wheel', turn);
  }, [canvas]);

  return {
    onKeyDown(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (press(event.key, event.shiftKey, moves)) event.preventDefault();
    },
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return;
      if (fingers.current.size === 0) hasMoved.current = false;
      fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      event.currentTarget.setPointerCapture?.(event.pointerId);
    },
    onPointerMove(event: PointerEvent) {
      const { sight, tiling, see, zoom, point } = moves;
      const before = fingers.current.get(event.pointerId);
      if (!before) {
        point(elementAt(event, event.currentTarget, moves));
        return;
      }
      const now = { x: event.clientX, y: event.clientY };
      if (Math.hypot(now.x - before.x, now.y - before.y) < slack && !hasMoved.current) return;
      hasMoved.current = true;
      const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
      fingers.current.set(event.pointerId, now);
      if (other) {
        const apart = (a: typeof now) => Math.max(1, Math.hypot(a.x - other.x, a.y - other.y));
        const middle = { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 };
        zoom(apart(now) / apart(before), placeAt(middle, event.currentTarget, sight));
        return;
      }
      const box = event.currentTarget.getBoundingClientRect();
      const rows = ((before.y - now.y) / box.height) * sight.rows;
      see(moved(sight, rows, ((before.x - now.x) / box.width) * sight.columns, tiling));
    },
    onPointerUp(event: PointerEvent) {
      if (!fingers.current.delete(event.pointerId) || hasMoved.current) return;
      const place = elementAt(event, event.currentTarget, moves);
      moves.point(place);
      moves.open(place);
    },
    onPointerCancel(event: PointerEvent) {
      fingers.current.delete(event.pointerId);
    },
  };
}

/** Whether the key meant something. */
function press(key: string, isFar: boolean, moves: Moves): boolean {
  const { place, unit, tiling, choose, open, zoom, whole } = moves;
  const far = isFar ? 16 : 1;
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  if (step) {
    const along = (from: number, by: number, size: number, all: number) =>
      Math.max(0, Math.min(size * Math.floor((all - 1) / size), from + by * size));
    choose({
      row: along(place.row, far * step[0], unit.height, tiling.rows),
      column: along(place.column, far * step[1], unit.width, tiling.columns),
    });
  } else if (key === 'Enter' || key === ' ') open(place);
  else if (key === '+' || key === '=') zoom(2);
  else if (key === '-' || key === '−') zoom(0.5);
  else if (key === '0') whole();
  else return false;
  return true;
}

type Point = { readonly clientX: number; readonly clientY: number };

/** Where in the matrix a point lies, between elements. */
function placeAt({ clientX, clientY }: Point, element: Element, sight: Sight): Place {
  const box = element.getBoundingClientRect();
  return {
    row: sight.row + ((clientY - box.top) / box.height) * sight.rows,
    column: sight.column + ((clientX - box.left) / box.width) * sight.columns,
  };
}

function elementAt(point: Point, element: Element, { sight, tiling }: Moves): Place {
  const { row, column } = placeAt(point, element, sight);
  const within = (at: number, all: number) => Math.max(0, Math.min(all - 1, Math.floor(at)));
  return { row: within(row, tiling.rows), column: within(column, tiling.columns) };
}
