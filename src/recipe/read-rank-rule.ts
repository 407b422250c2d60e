import {
  fault,
  type Place,
  readCount,
  readNullable,
  readObject,
  readOneOf,
  readOr,
} from './reader.ts';
import { type RankRule, rankKinds } from './recipe.ts';

/** A number alone is a rank, as recipes had it before there were rules. */
export function readRankRule(place: Place): RankRule {
  if (typeof place.value === 'number') {
    return { kind: 'rank', rank: readRank(place), convolutions: null };
  }
  const fields = readObject(place, ['kind', 'rank', 'convolutions', 'share', 'ratio', 'most']);
  const kind = readOneOf(fields.at('kind'), rankKinds);
  if (kind === 'rank') {
    const convolutions = readOr(fields.at('convolutions'), null, (at) =>
      readNullable(at, readRank),
    );
    return { kind, rank: readRank(fields.at('rank')), convolutions };
  }
  const most = readRank(fields.at('most'));
  return kind === 'sv_ratio'
    ? { kind, ratio: readAbove0(fields.at('ratio'), Number.MAX_VALUE, 'a number above 0'), most }
    : { kind, share: readAbove0(fields.at('share'), 1, 'a number above 0 and at most 1'), most };
}

function readRank(place: Place): number {
  const rank = readCount(place);
  return rank > 0 || place.faults.length > 0 ? rank : fault(place, 'a whole number from 1', 1);
}

function readAbove0(place: Place, most: number, expected: string): number {
  const { value } = place;
  return typeof value === 'number' && value > 0 && value <= most
    ? value
    : fault(place, expected, 1);
}
