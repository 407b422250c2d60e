import { cpuBackend } from '../compute/cpu/backend.ts';
import { blobSource } from '../io/blob.ts';
import { directorySink, folderFiles } from '../io/directory.ts';
import { httpSource } from '../io/http.ts';
import { opfsSink } from '../io/opfs.ts';
import {
  listFinished,
  listUnfinished,
  partialSuffix,
  removeIfThere,
  removeRun,
  runFiles,
  runsFolder,
} from '../io/opfs-runs.ts';
import type { Source } from '../io/source.ts';
import { zipRun } from '../io/zip.ts';
import { Devices, type Machine } from './devices/devices.ts';
import { findGpu } from './devices/gpu.ts';
import type { Handle } from './protocol.ts';
import { HubRemote } from './library/remote.ts';
import type { Storage, Surroundings } from './serve.ts';

/** Held during a run, by any number of tabs: a page with a lock is not put to sleep. */
const awake = 'amalgam-awake';

const workers = Math.max(1, navigator.hardwareConcurrency - 1);

const machine: Machine = {
  gpu: findGpu,
  cpu: () => cpuBackend({ workers }),
  workers,
};

const storage: Storage = {
  leftovers: async () => (await listUnfinished()).map(({ folder }) => folder),
  async removeLeftover(folder) {
    // A finished run of the same name stays.
    await removeIfThere(await runsFolder(), folder + partialSuffix);
  },
  finished: async () => (await listFinished()).map(({ folder }) => folder),
  files: runFiles,
  written: (destination) =>
    destination.kind === 'opfs' ? runFiles(destination.folder) : folderFiles(destination.handle),
  zip: zipRun,
  remove: removeRun,
};

const remote = new HubRemote();

function sourceOf(handle: Handle): Source {
  switch (handle.kind) {
    case 'file':
      return blobSource(handle.path, handle.file);
    case 'url':
      return httpSource(handle.path, handle.url, handle.size);
    case 'hub':
      return remote.source(handle);
    default:
      return handle satisfies never;
  }
}

/** The real browser, as a dedicated worker has it. */
export const browserSurroundings: Surroundings = {
  devices: new Devices(machine),
  source: sourceOf,
  remote,
  sink: async (destination) =>
    destination.kind === 'opfs' ? opfsSink(destination.folder) : directorySink(destination.handle),
  storage,
  locked: (work) => navigator.locks.request(awake, { mode: 'shared' }, work),
};
