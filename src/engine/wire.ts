import { contextOf, EngineError, isAbort, messageOf, tagOf } from './errors.ts';
import type { WireError } from './protocol.ts';

const abortTag = 'abort';

/** Whatever a file or a browser put into it, an error's text is of a bounded length. In characters. */
const MOST = 4_000;

const bounded = (text: string) =>
  text.length <= MOST ? text : `${text.slice(0, MOST)}… (${text.length} characters)`;

/** An error as it travels from worker to page. */
export function toWire(error: unknown): WireError {
  if (isAbort(error)) return { tag: abortTag, message: messageOf(error), context: {} };
  return {
    tag: tagOf(error) ?? 'unexpected',
    message: bounded(messageOf(error)),
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
    if (typeof value === 'string') return [key, bounded(value)];
    return [key, plain || list ? value : bounded(String(value))];
  });
  return Object.fromEntries(entries);
}
