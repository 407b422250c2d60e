import type { FromAuditor, ToAuditor } from './auditor.ts';
import { FileCheck } from './file-check.ts';

type Post = (reply: FromAuditor, transfer?: Transferable[]) => void;

/** The checking worker's side: takes messages in turn, since opening a check takes a moment. */
export function serveAudit(post: Post): (message: ToAuditor) => void {
  const checks = new Map<number, FileCheck>();
  let turn: Promise<void> = Promise.resolve();

  async function hear(message: ToAuditor): Promise<void> {
    const { file } = message;
    if (message.kind === 'open') {
      checks.set(file, await FileCheck.open(message.layout));
      return;
    }
    const check = checks.get(file)!;
    if (message.kind === 'bytes') {
      check.update(message.bytes);
      const { buffer } = message.bytes;
      post({ kind: 'took', file, buffer }, [buffer]);
    } else if (message.kind === 'piece') check.endPiece(message.checksum);
    else {
      checks.delete(file);
      post({ kind: 'checked', file, checked: check.finish() });
    }
  }

  return (message) => {
    turn = turn
      .then(() => hear(message))
      .catch((error: unknown) => {
        post({ kind: 'failed', file: message.file, message: String(error) });
      });
  };
}
