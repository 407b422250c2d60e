import { resolveUrl } from './address.ts';
import { HubError } from './errors.ts';

/** One file of a repo at one commit. */
export type HubFile = {
  /** `owner/name`; of a data set `datasets/owner/name`. */
  readonly repo: string;
  readonly commit: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string | null;
  /** Of the git blob. */
  readonly oid: string;
};

/** Statuses with which storage hosts refuse an address whose time is over. */
export const expired: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/**
 * Where the bytes of a file are had. The Hub sends a signed address of its storage; that one is used again
 * until it fails, which spares a request to the Hub for each range (they are counted). The first range asks;
 * those that start with it wait for its answer.
 */
export class Place {
  private readonly home: string;
  private readonly file: HubFile;
  private signed: Promise<string | null> | null = null;
  private readonly etags = new Map<string, string>();

  constructor(hubUrl: string, file: HubFile) {
    this.home = resolveUrl(hubUrl, file.repo, file.commit, file.path);
    this.file = file;
  }

  /** Asks for a part of the file, at the address that is known to work or through the Hub. */
  async ask(fetch: typeof globalThis.fetch, range: string): Promise<Response> {
    const headers = { range };
    const used = this.signed;
    const known = used && (await used);
    if (known) {
      const response = await fetch(known, { headers });
      if (!expired.has(response.status)) return response;
      await response.body?.cancel();
      if (this.signed === used) this.signed = null;
    }
    if (this.signed) return this.ask(fetch, range); // another range has asked meanwhile
    const asked = fetch(this.home, { headers });
    this.signed = asked
      .then((response) => (response.ok ? response.url : null))
      .catch(() => null)
      .then((url) => {
        if (url === null) this.signed = null;
        return url;
      });
    return asked;
  }

  /** Throws when two replies of one host, or the Hub's and its own listing, name different contents. */
  checkSame(response: Response): void {
    const linked = response.headers.get('x-linked-etag');
    const own = response.headers.get('etag');
    const origin = new URL(response.url || this.home).origin;
    const names: readonly (readonly [string, string | null])[] = [
      [`${origin} linked`, linked],
      [origin, own],
    ];
    for (const [key, value] of names) {
      if (value === null) continue;
      const etag = bare(value);
      const before = this.etags.get(key) ?? (key.endsWith('linked') ? this.file.sha256 : null);
      if (before !== null && before !== etag) throw this.changed(`content ${etag}`, before);
      this.etags.set(key, etag);
    }
  }

  changed(found: string, expected: string): HubError {
    const advice = 'The file changed on the server: open the model again.';
    return new HubError('changed', { file: this.file.path, found, expected, advice });
  }
}

/** `W/"abc"` and `"abc"` name the same bytes here: no part of a file is compressed on its way. */
function bare(etag: string): string {
  return etag.replace(/^W\//, '').replace(/^"|"$/g, '');
}
