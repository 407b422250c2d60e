import { readTaskFile } from '../evaluate/tasks/read/read-file.ts';
import { taskOfText } from '../evaluate/tasks/read/text.ts';
import { failureOf, type Session } from '../stores/session.ts';
import { chooseFiles } from './pick-files.ts';

const accepted = '.jsonl,.ndjson,.json,.csv,.tsv,.txt,.md';

/** Asks for files and takes each as a task. What is wrong with one is told and keeps none of the others. */
export async function addTaskFiles(session: Session): Promise<void> {
  const files = (await chooseFiles({ multiple: true, accept: accepted })) ?? [];
  for (const file of files) {
    try {
      const { task, notes } = readTaskFile(file.name, await file.text());
      session.scores.getState().addTask(task);
      if (notes.length > 0) session.view.getState().tell(`${task.title}: ${notes.join(' ')}`);
    } catch (error) {
      session.scores.getState().refuseTask(failureOf(error));
    }
  }
}

/** A text to be scored by perplexity. */
export function addText(session: Session, title: string, text: string): void {
  try {
    session.scores.getState().addTask(taskOfText(title, text));
  } catch (error) {
    session.scores.getState().refuseTask(failureOf(error));
  }
}
