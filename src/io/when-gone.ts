import { mergesName } from './stored-merges.ts';

/** Milliseconds between two looks. */
const every = 2000;

/**
 * Resolves when a merge that lies in private storage is no longer there, as when site data are cleared: asked
 * every two seconds, and believed the second time, since a run that fails takes its files away itself just
 * before it says so. Until the merge is there, it waits for it. An abort resolves it too.
 */
export async function whenGone(folder: string, signal: AbortSignal): Promise<void> {
  let wasThere = false;
  let missed = 0;
  while (!signal.aborted && missed < 2) {
    await new Promise((resolve) => setTimeout(resolve, every));
    if (await isThere(folder)) {
      wasThere = true;
      missed = 0;
    } else if (wasThere) missed += 1;
  }
}

async function isThere(folder: string): Promise<boolean> {
  try {
    const root = await navigator.storage.getDirectory();
    await (await root.getDirectoryHandle(mergesName)).getDirectoryHandle(folder);
    return true;
  } catch (error) {
    return !(error instanceof DOMException && error.name === 'NotFoundError');
  }
}
