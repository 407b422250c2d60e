import type { ServerResponse } from 'node:http';
import { corsHeaders } from './cors.ts';
import type { Reply } from './exchange.ts';
import type { Entry } from './log.ts';

const pieceBytes = 256 * 2 ** 10;

/** Pieces a second of a slow body. */
const beats = 20;

/** Sends a reply piece by piece, counts its bytes, and breaks the connection where it is told to. */
export async function deliver(
  response: ServerResponse,
  { status, headers, body, delivery = {} }: Reply,
  entry: Entry,
  isHead: boolean,
): Promise<void> {
  const { bytesPerSecond, dropAfter = Number.POSITIVE_INFINITY, withoutCors = false } = delivery;
  if (dropAfter < 0) {
    response.destroy();
    return;
  }
  entry.status = status;
  const length = status === 204 ? {} : { 'content-length': String(body.size) };
  response.writeHead(status, { ...(withoutCors ? {} : corsHeaders), ...length, ...headers });
  const end = isHead ? 0 : Math.min(body.size, dropAfter);
  const step = bytesPerSecond ? Math.ceil(bytesPerSecond / beats) : pieceBytes;
  for (let at = 0; at < end && !response.destroyed; at += step) {
    const piece = body.read(at, Math.min(end, at + step));
    await write(response, piece);
    entry.bytesSent += piece.length;
    if (bytesPerSecond) await new Promise((done) => setTimeout(done, 1000 / beats));
  }
  if (end < body.size && !isHead) {
    response.flushHeaders();
    response.socket?.destroySoon(); // what is written still arrives
  } else response.end();
}

/** Resolves when there is room for more, or nobody listens any more. */
function write(response: ServerResponse, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (response.write(piece)) return resolve();
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
