import { createHash } from 'node:crypto';

/** The bytes of a file: held, or computed each time they are read. */
export type Content = {
  /** Bytes. */
  readonly size: number;
  /** Bytes `begin` to `end`, both inside the file. */
  read(begin: number, end: number): Uint8Array;
};

export function asContent(bytes: Uint8Array | Content): Content {
  if (!(bytes instanceof Uint8Array)) return bytes;
  return { size: bytes.length, read: (begin, end) => bytes.subarray(begin, end) };
}

export function asText(text: string): Content {
  return asContent(new TextEncoder().encode(text));
}

export function textOf(content: Content): string {
  return new TextDecoder().decode(content.read(0, content.size));
}

const sha256s = new WeakMap<Content, string>();

/** Hexadecimal; computed once for each content. */
export function sha256Of(content: Content): string {
  return remembered(sha256s, content, () => digest('sha256', content, ''));
}

const gitOids = new WeakMap<Content, string>();

/** The object id of a git blob: SHA-1 of a header and the bytes (https://git-scm.com/book, 10.2). */
export function gitOidOf(content: Content): string {
  return remembered(gitOids, content, () => digest('sha1', content, `blob ${content.size}\0`));
}

/** What git holds in place of a large file: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md. */
export function lfsPointer(content: Content): Content {
  const version = 'version https://git-lfs.github.com/spec/v1';
  return asText(`${version}\noid sha256:${sha256Of(content)}\nsize ${content.size}\n`);
}

const pieceBytes = 2 ** 20;

function digest(algorithm: string, content: Content, start: string): string {
  const hash = createHash(algorithm).update(start);
  for (let at = 0; at < content.size; at += pieceBytes) {
    hash.update(content.read(at, Math.min(content.size, at + pieceBytes)));
  }
  return hash.digest('hex');
}

function remembered(
  known: WeakMap<Content, string>,
  content: Content,
  compute: () => string,
): string {
  const value = known.get(content) ?? compute();
  known.set(content, value);
  return value;
}
