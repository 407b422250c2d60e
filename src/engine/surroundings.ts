import { cpuBackend } from '../compute/cpu/backend.ts';
import { programs } from '../compute/cpu/programs.ts';
import { blobSource } from '../io/blob.ts';
import { directorySink, folderFiles } from '../io/directory.ts';
import { httpSource } from '../io/http.ts';
import { opfsSink } from '../io/opfs.ts';
import type { Source } from '../io/source.ts';
import { storedSource } from '../io/stored.ts';
import {
  freeName,
  listFinished,
  listUnfinished,
  mergeFiles,
  removeMerge,
  removeUnfinished,
} from '../io/stored-merges.ts';
import { removeUnfinishedFiles, unfinishedIn } from '../io/unfinished.ts';
import { zipOf } from '../io/zip.ts';
import { workerAuditor } from './check/auditor.ts';
import { Crew } from './crew/crew.ts';
import { Devices, type Machine } from './devices/devices.ts';
import { findGpu } from './devices/gpu.ts';
import { HubRemote } from './library/remote.ts';
import { watched } from './living.ts';
import type { Handle } from './protocol.ts';
import type { Storage, Surroundings } from './serve.ts';

/** Held during a run, by any number of tabs: a page with a lock is not put to sleep. */
const awake = 'amalgam-awake';

const workers = Math.max(1, navigator.hardwareConcurrency - 1);

const machine: Machine = {
  gpu: findGpu,
  cpu: () => cpuBackend(programs, `CPU (${workers} worker${workers === 1 ? '' : 's'})`),
  workers,
};

const storage: Storage = {
  unfinished: listUnfinished,
  unfinishedIn,
  async discard(destination) {
    if (destination.kind === 'opfs') await removeUnfinished(destination.folder);
    else await removeUnfinishedFiles(destination.handle);
  },
  finished: listFinished,
  freeName,
  written: (destination) =>
    destination.kind === 'opfs' ? mergeFiles(destination.folder) : folderFiles(destination.handle),
  zip: async (folder) => zipOf(folder, await mergeFiles(folder)),
  remove: removeMerge,
};

const remote = new HubRemote();

function sourceOf(handle: Handle): Source {
  switch (handle.kind) {
    case 'file':
      return blobSource(handle.path, handle.file);
    case 'stored':
      return storedSource(handle.path, handle.handle, handle.size);
    case 'url':
      return httpSource(handle.path, handle.url, handle.size);
    case 'hub':
      return remote.source(handle);
    default:
      return handle satisfies never;
  }
}

function spawnKernel(): Worker {
  return watched(
    new Worker(new URL('./crew/kernel.worker.ts', import.meta.url), { type: 'module' }),
  );
}

function spawnCheck(): Worker {
  return watched(
    new Worker(new URL('./check/check.worker.ts', import.meta.url), { type: 'module' }),
  );
}

/** The real browser, as a dedicated worker has it. */
export const browserSurroundings: Surroundings = {
  devices: new Devices(machine),
  source: sourceOf,
  remote,
  crew: new Crew(workers, spawnKernel, programs),
  auditor: () => workerAuditor(spawnCheck),
  sink: async (destination) =>
    destination.kind === 'opfs' ? opfsSink(destination.folder) : directorySink(destination.handle),
  storage,
  locked: (work) => navigator.locks.request(awake, { mode: 'shared' }, work),
};
