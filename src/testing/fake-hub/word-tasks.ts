import { parquetWriteBuffer } from 'hyparquet-writer';
import { asText } from './content.ts';
import type { Repo } from './repo.ts';

const words = ['qwcw', 'laegi', 'rqda', 'cawo', 'odkv', 'gufzi', 'uwny', 'cjph'];
const turned = words.map((word) => [...word].reverse().join(''));

/** Words to be turned round, for the demo family: as Parquet, as JSON lines, and converted by the Hub. */
export function wordTasks(): Repo {
  const lines = words.map((word, i) =>
    JSON.stringify({ prompt: `rev:${word}=`, answer: turned[i] }),
  );
  return {
    id: 'amalgam/word-tasks',
    type: 'dataset',
    files: {
      'README.md': asText('---\nlicense: mit\n---\n\n# Words to be turned round\n'),
      'dataset_infos.json': asText('{}'),
      'lines.jsonl': asText(`${lines.join('\n')}\n`),
      'words/test-00000-of-00001.parquet': table(),
    },
    branches: { 'refs/convert/parquet': { 'words/test/0000.parquet': table() } },
  };
}

function table(): Uint8Array {
  const column = (name: string, data: readonly string[]) => ({
    ...{ name, data: [...data] },
    type: 'STRING' as const,
  });
  const columnData = [column('word', words), column('turned', turned)];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
