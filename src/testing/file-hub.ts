import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type FileHub = {
  readonly hubUrl: string;
  readonly cdnUrl: string;
  /** 'hub bytes=0-9' and 'cdn bytes=0-9', in order of arrival. */
  readonly asked: string[];
  /** The tokens the storage host has seen: there should be none. */
  readonly leaked: string[];
  /** Decides what the storage host does; by default it sends the range. */
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  /** Makes every address that was signed so far invalid. */
  expire(): void;
  sendRange(request: IncomingMessage, response: ServerResponse, dropAfter?: number): void;
  close(): void;
};

/** A Hub with one file, behind a redirect to a second origin with signed addresses. For Node. */
export async function fileHub(file: Uint8Array): Promise<FileHub> {
  let signature = 1;
  const asked: string[] = [];
  const leaked: string[] = [];
  const hub = createServer((request, response) => {
    asked.push(`hub ${request.headers.range}`);
    response.writeHead(302, {
      location: `${self.cdnUrl}/blob?signature=${signature}`,
      'x-linked-etag': '"sha"',
    });
    response.end();
  });
  const cdn = createServer((request, response) => {
    asked.push(`cdn ${request.headers.range}`);
    if (request.headers.authorization) leaked.push(request.headers.authorization);
    if (!request.url?.endsWith(`signature=${signature}`)) response.writeHead(403).end();
    else self.answer(request, response);
  });
  const self: FileHub = {
    hubUrl: await listen(hub),
    cdnUrl: await listen(cdn),
    asked,
    leaked,
    answer: (request, response) => self.sendRange(request, response),
    expire: () => {
      signature += 1;
    },
    sendRange(request, response, dropAfter) {
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!.map(Number);
      const part = file.subarray(first, last + 1);
      response.writeHead(206, {
        etag: '"v1"',
        'content-length': part.length,
        'content-range': `bytes ${first}-${last}/${file.length}`,
      });
      if (dropAfter === undefined || dropAfter >= part.length) response.end(part);
      else if (dropAfter === 0) response.socket?.destroy();
      else response.write(part.subarray(0, dropAfter), () => response.socket?.destroy());
    },
    close() {
      for (const server of [hub, cdn]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
  return self;
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
