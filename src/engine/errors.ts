/** What went wrong in one step of one job; keeps the tag of its cause ('quota', 'read', …). */
export class JobError extends Error {
  override readonly name = 'JobError';
  readonly tag: string;
  readonly context: {
    readonly step: 'read' | 'compute' | 'write';
    readonly tensor: string;
    readonly file: string;
    /** What the cause says can be done about it. */
    readonly advice?: string;
  };

  constructor(context: Omit<JobError['context'], 'advice'>, cause: unknown) {
    const doing = { read: 'Reading', compute: 'Merging', write: 'Writing' }[context.step];
    const preposition = { read: 'from', compute: 'on', write: 'to' }[context.step];
    const about = context.tensor === '' ? '' : ` “${context.tensor}”`;
    super(`${doing}${about} ${preposition} ${context.file} failed: ${messageOf(cause)}`, { cause });
    this.tag = tagOf(cause) ?? context.step;
    const advice = contextOf(cause)['advice'];
    this.context = typeof advice === 'string' ? { ...context, advice } : context;
  }
}

/** The written files are not what was sent to them, so they do not become a finished merge. */
export class VerifyError extends Error {
  override readonly name = 'VerifyError';
  readonly tag = 'verify';
  readonly context: { readonly problems: readonly string[] };

  constructor(problems: readonly string[]) {
    super(
      `The written files do not match what was merged: ${problems.join('; ')}. ` +
        'Nothing was kept; check the disk and merge again.',
    );
    this.context = { problems };
  }
}

/** The page and the engine disagree, or the engine is gone. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly tag: string;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    tag: string,
    message: string,
    context: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, { cause });
    this.tag = tag;
    this.context = context;
  }
}

/** Whether the engine has already said what went wrong, and where. */
export function isExplained(error: unknown): error is JobError | EngineError {
  return error instanceof JobError || error instanceof EngineError;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function tagOf(error: unknown): string | null {
  const tagged = error instanceof Error && 'tag' in error && typeof error.tag === 'string';
  return tagged ? (error.tag as string) : null;
}

/** The typed context of a tagged error; empty for any other. */
export function contextOf(error: unknown): Readonly<Record<string, unknown>> {
  const found = error instanceof Error && 'context' in error ? error.context : null;
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
