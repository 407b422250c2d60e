/** Where the output goes: a name a folder can have, and shards that can hold something. */
import type { OutputOptions } from '../../recipe/recipe.ts';
import { error } from '../finding.ts';
import type { Finding } from '../types.ts';

/** Refused by at least one of Windows, macOS, Linux or the Hub. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_A_NAME = /[\\/:*?"<>|\u0000-\u001f]|^\.{1,2}$|[. ]$/;

export function checkOutput({ name, shardBytes }: OutputOptions): readonly Finding[] {
  const findings: Finding[] = [];
  const advice = 'Use letters, digits, hyphens and dots, as in “my-merge-1”.';
  if (name.trim() === '') findings.push(error('output-name', 'The output has no name.', advice));
  else if (NOT_A_NAME.test(name)) {
    const message = `The output name “${name}” cannot be a folder name.`;
    findings.push(error('output-name', message, advice));
  }
  if (shardBytes !== null && !(shardBytes >= 1)) {
    const message = `Shards of ${shardBytes} bytes cannot hold anything.`;
    findings.push(error('shard-size', message, 'Choose a size such as 5 GB, or one file.'));
  }
  return findings;
}
