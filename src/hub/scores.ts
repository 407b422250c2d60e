import { type HubConnection, type HubFetchOptions, hubFetch } from './connection.ts';
import { HubError } from './errors.ts';
import { openParquet, type ParquetRow, type ReadablePart } from './parquet/read.ts';

/** What the Open LLM Leaderboard measured of a model, in percent. */
export type Scores = {
  readonly average: number;
  /** By benchmark: 'IFEval', 'BBH', … */
  readonly benchmarks: Readonly<Record<string, number>>;
  /** How the weights were loaded: 'bfloat16', … */
  readonly precision: string | null;
  /** Where the numbers stand. */
  readonly source: string;
};

export type ScoreBoard = {
  /** Null when the board has none, or cannot be had. Rejects only on abort. */
  of(model: string): Promise<Scores | null>;
};

const dataset = 'open-llm-leaderboard/contents';
const file = 'data/train-00000-of-00001.parquet';

const average = 'Average ⬆️';
const benchmarks = ['IFEval', 'BBH', 'MATH Lvl 5', 'GPQA', 'MUSR', 'MMLU-PRO'];
const columns = ['fullname', 'Precision', average, ...benchmarks];

/**
 * The board is closed and its table half a megabyte, so it is read whole, in one request, when the first model
 * is asked for, and kept. A failure is asked for again the next time.
 */
export function scoreBoard(connection: HubConnection, options: HubFetchOptions = {}): ScoreBoard {
  let table: Promise<readonly ParquetRow[]> | null = null;
  return {
    async of(model) {
      table ??= readTable(connection, options);
      const rows = await table.catch(() => {
        table = null;
        options.signal?.throwIfAborted();
        return [];
      });
      const own = rows
        .filter((row) => row['fullname'] === model && typeof row[average] === 'number')
        .map(asScores);
      // A model may stand there in several precisions.
      return own.sort((a, b) => b.average - a.average)[0] ?? null;
    },
  };

  function asScores(row: ParquetRow): Scores {
    const found = benchmarks.flatMap((name) => {
      const value = row[name];
      return typeof value === 'number' ? [[name, value] as const] : [];
    });
    const precision = row['Precision'];
    return {
      average: Number(row[average]),
      benchmarks: Object.fromEntries(found),
      precision: typeof precision === 'string' ? precision : null,
      source: `${connection.hubUrl}/datasets/${dataset}`,
    };
  }
}

async function readTable(
  connection: HubConnection,
  options: HubFetchOptions,
): Promise<readonly ParquetRow[]> {
  const url = `${connection.hubUrl}/datasets/${dataset}/resolve/main/${file}`;
  const response = await hubFetch(connection, { retries: 1, ...options })(url);
  if (!response.ok) {
    const found = `HTTP status ${response.status}`;
    throw new HubError('server', { file: dataset, found, advice: 'Try again later.' });
  }
  const parquet = await openParquet(inMemory(new Uint8Array(await response.arrayBuffer())));
  const present = columns.filter((name) => parquet.columns.includes(name));
  return parquet.readRows({ columns: present, begin: 0, end: parquet.rows });
}

function inMemory(bytes: Uint8Array<ArrayBuffer>): ReadablePart {
  return { size: bytes.length, read: async (begin, end) => bytes.slice(begin, end) };
}
