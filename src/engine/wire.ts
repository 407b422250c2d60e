import { contextOf, EngineError, isAbort, messageOf, tagOf } from './errors.ts';
import type { WireError } from './protocol.ts';

const abortTag = 'abort';

/** An error as it travels from worker to page. */
export function toWire(error: unknown): WireError {
  if (isAbort(error)) return { tag: abortTag, message: messageOf(error), context: {} };
  return {
    tag: tagOf(error) ?? 'unexpected',
    message: messageOf(error),
    context: cloneable(contextOf(error)),
  };
}

/** The error as it arrives: an `AbortError`, or a tagged error with the same words. */
export function fromWire({ tag, message, context }: WireError): Error | DOMException {
  if (tag === abortTag) return new DOMException(message, 'AbortError');
  return new EngineError(tag, message, context);
}

/** Whatever a message may not carry becomes text. */
function cloneable(context: Readonly<Record<string, unknown>>): WireError['context'] {
  const entries = Object.entries(context).map(([key, value]) => {
    const plain = value === null || ['string', 'number', 'boolean'].includes(typeof value);
    const list = Array.isArray(value) && value.every((each) => typeof each === 'string');
    return [key, plain || list ? value : String(value)];
  });
  return Object.fromEntries(entries);
}
