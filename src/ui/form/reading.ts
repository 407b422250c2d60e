import type { ParamValue } from '../../methods/params.ts';
import { plain } from '../kit/format.ts';

/** What a value also means in the words of another tool or paper. */
export function readingOf(method: string, key: string, value: ParamValue): string | undefined {
  if (key !== 'density' || typeof value !== 'number') return undefined;
  const rest = plain(Number((1 - value).toFixed(4)));
  return method.startsWith('dare')
    ? `keep ${plain(value)} = drop p ${rest}`
    : `trims ${percent(1 - value)}`;
}

const percent = (share: number) => `${plain(Number((100 * share).toFixed(2)))} %`;
