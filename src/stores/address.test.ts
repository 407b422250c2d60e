import { expect, test, vi } from 'vitest';
import { emptyRecipe } from '../recipe/defaults.ts';
import { recipeToHash } from '../recipe/link.ts';
import { fakeSession } from '../testing/session.ts';
import { followAddress } from './address.ts';

/** An address bar with entries to go back to, as browsers have them. */
function opened(hash = '') {
  const session = fakeSession();
  const entries = [hash];
  let at = 0;
  let travelled = () => {};
  followAddress(session, {
    hash: () => entries[at],
    write(next, isStep) {
      if (isStep) entries.splice(++at, entries.length, next);
      else entries[at] = next;
    },
    onTravel(heard) {
      travelled = heard;
      return () => {};
    },
  });
  const go = (by: number) => {
    at += by;
    travelled();
  };
  const type = (next: string) => {
    entries.splice(++at, entries.length, next);
    travelled();
  };
  const focusOn = session.conflicts.getState().focusOn;
  return { ...session, entries, go, type, focusOn, where: () => entries[at] };
}

const w = '#tab=conflicts&tensor=w';

test('Back goes up the levels that one went down, and Forward down again', () => {
  const { view, conflicts, focusOn, entries, go } = opened();
  view.getState().showTab('conflicts');
  focusOn({ tensor: 'w' });
  focusOn({ square: { row: 0, column: 16 } });
  focusOn({ element: 3 });
  expect(entries).toEqual([
    ...['', '#tab=conflicts', w, `${w}&square=0,16`, `${w}&square=0,16&element=3`],
  ]);
  go(-1);
  expect(conflicts.getState().focus).toEqual({
    ...{ tensor: 'w', square: { row: 0, column: 16 }, element: null },
  });
  go(-2);
  expect(conflicts.getState().focus.tensor).toBe(null);
  go(-1);
  expect(view.getState().tab).toBe('method');
  go(2);
  expect(view.getState().tab).toBe('conflicts');
  expect(conflicts.getState().focus.tensor).toBe('w');
  expect(entries).toHaveLength(5);
});

test('what is chosen at a level is part of its entry, and no step of its own', async () => {
  const { view, focusOn, entries } = opened(w);
  view.getState().lookAt({ colour: 'margin' });
  focusOn({ square: { row: 0, column: 0 } });
  expect(entries).toEqual(['#tab=conflicts&colour=margin&tensor=w', expect.any(String)]);
  focusOn({ square: { row: 0, column: 32 } });
  await vi.waitFor(() => expect(entries.at(-1)).toContain('square=0,32'));
  expect(entries).toHaveLength(2);
});

test('a page opens at the place in its address, and keeps the address of others', () => {
  const { view, conflicts } = opened('#tab=conflicts&colour=norm&tiles=most&tensor=w&square=1,2');
  expect(view.getState()).toMatchObject({ tab: 'conflicts', colour: 'norm', pooling: 'most' });
  expect(conflicts.getState().focus.square).toEqual({ row: 1, column: 2 });
  expect(opened('#view').where()).toBe('#view');
});

test('a place that is not known is told, and the address says where one is instead', () => {
  const { view, where } = opened('#tab=conflicts&look=dreams');
  expect(view.getState().notice?.text).toContain('“dreams”');
  expect(where()).toBe('#tab=conflicts');
});

test('Back does not lead to what was not found', () => {
  const { view, conflicts, focusOn, entries } = opened();
  view.getState().showTab('conflicts');
  focusOn({ tensor: 'gone' });
  conflicts.setState({ focus: { tensor: null, square: null, element: null }, lost: 'Not there.' });
  return vi.waitFor(() => expect(entries).toEqual(['', '#tab=conflicts', '#tab=conflicts']));
});

test('a link pasted into an open page puts its recipe in place, with a way back', () => {
  const { recipe, view, type, where } = opened();
  const linked = { ...emptyRecipe(), method: 'slerp' };
  type(`${recipeToHash(linked)}&tab=plan`);
  expect(recipe.getState().recipe.method).toBe('slerp');
  expect(view.getState()).toMatchObject({ tab: 'plan', notice: { undo: true } });
  expect(where()).toBe('#tab=plan');
  recipe.getState().undo();
  expect(recipe.getState().recipe.method).not.toBe('slerp');
});

test('a damaged one is refused, and nothing else changes', () => {
  const { models, view, type, where } = opened();
  type('#r=damaged&tab=plan');
  expect(models.getState().refused[0].reason).toContain('damaged');
  expect(view.getState().tab).toBe('method');
  expect(where()).toBe('');
});
