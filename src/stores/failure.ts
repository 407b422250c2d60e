import type { Failure } from './models.ts';

/** What an error of whatever kind says. */
export function failureOf(error: unknown): Failure {
  const { tag, message, context } = (
    error instanceof Error ? error : new Error(String(error))
  ) as Error & { tag?: unknown; context?: { advice?: unknown; link?: unknown } };
  return {
    tag: typeof tag === 'string' ? tag : 'unknown',
    message,
    advice: typeof context?.advice === 'string' ? context.advice : null,
    ...(typeof context?.link === 'string' ? { link: context.link } : {}),
  };
}
