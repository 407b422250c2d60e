import type { Offered } from '../stores/dropped.ts';
import type { Command } from './command.ts';
import { openFiles } from './open-files.ts';
import { chooseFiles } from './pick-files.ts';
import type { Drop } from './read-drop.ts';

export const pickFolder: Command = {
  id: 'open-folder',
  label: 'Open a model folder…',
  shortcut: 'Mod+Shift+O',
  enabled: () => true,
  run: async (session) => {
    const drop = await chooseFolder();
    if (drop) await openFiles(session, drop.offered, drop.folders);
  },
};

/** The directory picker where there is one, a file input for folders elsewhere. Null when it was closed. */
async function chooseFolder(): Promise<Drop | null> {
  if (!('showDirectoryPicker' in window)) {
    const files = await chooseFiles({ folder: true, multiple: true });
    if (files === null) return null;
    const offered = files.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    return { offered, folders: offered.length === 0 ? ['The folder'] : [] };
  }
  try {
    const folder = await window.showDirectoryPicker({ id: 'amalgam-models' });
    return { offered: await filesIn(folder, folder.name), folders: [folder.name] };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

async function filesIn(folder: FileSystemDirectoryHandle, path: string): Promise<Offered[]> {
  const found: Offered[] = [];
  for await (const entry of folder.values()) {
    const place = `${path}/${entry.name}`;
    if (entry.kind === 'file') found.push({ path: place, file: await entry.getFile() });
    else if (!entry.name.startsWith('.')) found.push(...(await filesIn(entry, place)));
  }
  return found;
}
