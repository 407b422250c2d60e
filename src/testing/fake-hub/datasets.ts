import { readableRepo } from './access.ts';
import { type Ask, type Headers, json, type Reply, type Route, refuse, reply } from './exchange.ts';
import { commitAt } from './repo.ts';
import type { HubState } from './state.ts';

const branch = 'refs/convert/parquet';

/** The Parquet files of a dataset: https://huggingface.co/docs/hub/api, `/api/datasets/{repo_id}/parquet`. */
export function datasetRoutes(state: HubState): readonly Route[] {
  const root = '^/api/datasets/(?<id>[^/]+/[^/]+)/parquet';
  return [
    {
      origin: 'hub',
      method: 'GET',
      path: new RegExp(`${root}(?:/(?<config>[^/]+)(?:/(?<split>[^/]+))?)?$`),
      handle: (ask, groups) => list(state, ask, groups),
    },
    {
      origin: 'hub',
      method: 'GET',
      path: new RegExp(
        String.raw`${root}/(?<config>[^/]+)/(?<split>[^/]+)/(?<index>\d+)\.parquet$`,
      ),
      handle: (ask, { id, config, split, index }) => {
        const path = (filesOf(state, ask, id)[config]?.[split] ?? [])[Number(index)];
        if (path === undefined) throw refuse(404, 'Entry not found', 'EntryNotFound');
        const rev = encodeURIComponent(branch);
        return reply(302, {
          location: `${state.addresses.hub}/datasets/${id}/resolve/${rev}/${path}`,
        });
      },
    },
  ];
}

/** Addresses by config and split; less deep where config, or config and split, are named. */
function list(state: HubState, ask: Ask, { id, config, split }: Headers): Reply {
  const root = `${state.addresses.hub}/api/datasets/${id}/parquet`;
  const all = Object.entries(filesOf(state, ask, id)).map(([name, splits]) => {
    const addressed = Object.entries(splits).map(([part, paths]) => {
      return [part, paths.map((_, index) => `${root}/${name}/${part}/${index}.parquet`)] as const;
    });
    return [name, Object.fromEntries(addressed)] as const;
  });
  const byConfig: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> =
    Object.fromEntries(all);
  const found = config ? byConfig[config] : byConfig;
  const answer = config && split ? byConfig[config]?.[split] : found;
  if (answer === undefined) throw refuse(404, 'Entry not found', 'EntryNotFound');
  return json(answer);
}

/** Paths on the branch of converted files, `{config}/{split}/0000.parquet`, by config and split. */
function filesOf(state: HubState, ask: Ask, id: string) {
  const commit = commitAt(readableRepo(state, ask, 'dataset', id), branch);
  const byConfig: Record<string, Record<string, string[]>> = {};
  for (const path of [...(commit?.files.keys() ?? [])].sort()) {
    const [config, split] = path.split('/');
    byConfig[config] ??= {};
    byConfig[config][split] ??= [];
    byConfig[config][split].push(path);
  }
  return byConfig;
}
