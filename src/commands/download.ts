import { failureOf, type Session } from '../stores/session.ts';
import { saveFile } from './save-file.ts';

/** A finished merge as one zip in the browser's downloads. */
export async function downloadZip(session: Session, folder: string): Promise<void> {
  await trying(session, async () => saveFile(`${folder}.zip`, await session.engine.zip(folder)));
}

/** One file of a finished merge. */
export async function downloadFile(session: Session, folder: string, name: string): Promise<void> {
  await trying(session, async () => {
    const files = await session.engine.files(folder);
    const file = files.find((candidate) => candidate.name === name);
    if (!file) throw new Error(`${name} is no longer in private storage.`);
    saveFile(name, file);
  });
}

async function trying({ view }: Session, save: () => Promise<void>): Promise<void> {
  try {
    await save();
  } catch (error) {
    view.getState().tell(`The download failed: ${failureOf(error).message}`);
  }
}
