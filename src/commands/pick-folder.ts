import type { Offered } from '../stores/dropped.ts';
import type { Command } from './command.ts';
import { openFiles } from './open-files.ts';
import { chooseFiles } from './pick-files.ts';

export const pickFolder: Command = {
  id: 'open-folder',
  label: 'Open a model folder…',
  shortcut: 'Mod+Shift+O',
  enabled: () => true,
  run: async (session) => {
    const offered = await chooseFolder();
    if (offered.length > 0) await openFiles(session, offered);
  },
};

/** The directory picker where there is one, a file input for folders elsewhere. */
async function chooseFolder(): Promise<readonly Offered[]> {
  if (!('showDirectoryPicker' in window)) {
    const files = await chooseFiles({ folder: true, multiple: true });
    return files.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  }
  try {
    const folder = await window.showDirectoryPicker({ id: 'amalgam-models' });
    return await filesIn(folder, folder.name);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return [];
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
