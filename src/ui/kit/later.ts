import { type ComponentType, lazy } from 'react';

/** Milliseconds after which the parts are fetched that nobody has asked for: the first picture comes first. */
const patience = 1500;

/**
 * A part of the page with code of its own: fetched when it is first shown or, before that, once the page has
 * settled. A page that has been open for a moment works on when the network goes.
 */
export function later<Props>(load: () => Promise<{ default: ComponentType<Props> }>) {
  setTimeout(() => void load().catch(() => {}), patience); // shown later, it is asked for again
  return lazy(load);
}
