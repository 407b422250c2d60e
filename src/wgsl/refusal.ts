/** What the compiler throws inside; `compile.ts` adds the place and makes a `WgslError` of it. */
export class Refusal extends Error {
  /** Line of the shader, from 1; null where the caller knows it. */
  readonly line: number | null;

  constructor(message: string, line: number | null = null) {
    super(message);
    this.line = line;
  }
}

export function refuse(message: string, line: number | null = null): never {
  throw new Refusal(message, line);
}
