/** Thrown by readers of one module's tensors, and kept as the reason why none of them is read. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** "[4, 16]". */
export const shown = (shape: readonly number[]) => `[${shape.join(', ')}]`;
