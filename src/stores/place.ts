/**
 * Where in the page a person is, as text for the address: `tab=conflicts&colour=margin&tensor=a.weight&square=16,32`. What is
 * as it is at first is left out. A person may read it, and change it by hand.
 */

import type { Sight } from '../views/sight.ts';
import { type Focus, nowhere, patchSide } from './conflicts.ts';
import {
  type Colour,
  colours,
  type Look,
  looks,
  type Pooling,
  poolings,
  type Tab,
  tabs,
} from './view.ts';

export type Place = {
  readonly tab: Tab;
  /** What follows counts in the tab Conflicts alone. */
  readonly look: Look;
  readonly colour: Colour;
  readonly pooling: Pooling;
  /** Counts among the conflicts alone. */
  readonly focus: Focus;
  /** What of the tensor is in sight; null for all of it. */
  readonly sight: Sight | null;
};

export const firstPlace: Place = {
  tab: tabs[0],
  look: looks[0],
  colour: colours[0],
  pooling: poolings[0],
  focus: nowhere,
  sight: null,
};

/** Empty for the place that the page opens on. Half a surrogate pair in a name, which no address can hold, becomes U+FFFD. */
export function placeText({ tab, look, colour, pooling, focus, sight }: Place): string {
  const isIn = tab === 'conflicts';
  const isAmong = isIn && look === 'conflicts';
  const { tensor, square, element } = focus;
  const parts = {
    tab: tab === firstPlace.tab ? null : tab,
    look: isIn && look !== firstPlace.look ? look : null,
    colour: isAmong && colour !== firstPlace.colour ? colour : null,
    tiles: isAmong && tensor !== null && pooling !== firstPlace.pooling ? pooling : null,
    tensor: isAmong ? tensor : null,
    sight: isAmong && tensor !== null && sight ? sightText(sight) : null,
    square: isAmong && square ? `${square.row},${square.column}` : null,
    element: isAmong && square && element !== null ? `${element}` : null,
  };
  return Object.entries(parts)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${encoded(value!)}`)
    .join('&');
}

function encoded(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD')).replaceAll('%2C', ',');
}

/** What a hash says of a place, and in a sentence each what of it is not known here. Null where it says nothing of one. */
export function placeFromHash(hash: string) {
  const said = new URLSearchParams(hash.replace(/^#/, ''));
  if (!said.has('tab')) return null;
  const lost: string[] = [];
  const oneOf = <T extends string>(key: string, all: readonly T[]): T => {
    const wanted = said.get(key);
    const found = all.find((each) => each === wanted);
    if (wanted !== null && !found) {
      lost.push(`The link names “${quoted(wanted)}” as its ${key}; there is ${all.join(', ')}.`);
    }
    return found ?? all[0];
  };
  const numbers = (key: string, count: number): readonly number[] | null => {
    const text = said.get(key);
    if (text === null) return null;
    const found = text.split(',').map((each) => (/^\d{1,15}$/.test(each) ? Number(each) : -1));
    if (found.length === count && !found.includes(-1)) return found;
    lost.push(`The link has “${quoted(text)}” as its ${key}, which should be ${wordsFor[count]}.`);
    return null;
  };
  const tab = oneOf('tab', tabs);
  const look = oneOf('look', looks);
  const colour = oneOf('colour', colours);
  const pooling = oneOf('tiles', poolings);
  const tensor = said.get('tensor') || null;
  const near = tensor === null ? null : numbers('sight', 4);
  const sight = near && {
    ...{ row: near[0], column: near[1] },
    ...{ rows: Math.max(1, near[2]), columns: Math.max(1, near[3]) },
  };
  const corner = tensor === null ? null : numbers('square', 2);
  const square = corner && { row: corner[0], column: corner[1] };
  const element = square && (numbers('element', 1)?.[0] ?? null);
  const place: Place = { tab, look, colour, pooling, focus: { tensor, square, element }, sight };
  return { place, lost };
}

const wordsFor: Readonly<Record<number, string>> = {
  1: `a number below ${patchSide ** 2}`,
  2: 'a row and a column, such as 16,32',
  4: 'a row, a column, and how many of each, such as 0,0,64,64',
};

/** In whole elements. */
function sightText({ row, column, rows, columns }: Sight): string {
  return [row, column, rows, columns].map(Math.round).join(',');
}

/** As much of what somebody typed as may be shown. */
function quoted(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** How deep one is in; going deeper or elsewhere is a step that Back takes back, a choice made there is not. */
export function levelOf({ tab, look, focus }: Place): string {
  if (tab !== 'conflicts') return tab;
  if (look !== 'conflicts') return `${tab} ${look}`;
  const { tensor, square, element } = focus;
  const depth = (square ? 1 : 0) + (square && element !== null ? 1 : 0);
  return `${tab} ${look} ${depth} ${tensor ?? ''}`;
}
