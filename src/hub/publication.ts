/** What is pushed to the Hub, what is told meanwhile, and what came of it. */

export type PublishFile = {
  /** In the repo. */
  readonly path: string;
  /** A native file (OPFS or picked). */
  readonly file: File;
  /** Of the content, as the run that wrote it found. */
  readonly sha256: string;
};

export type Publication = {
  /** `owner/name`. */
  readonly repo: string;
  /** Makes the repo first; one of that name must not exist. */
  readonly create: boolean;
  readonly visibility: 'public' | 'private';
  /** The Hub's id of a licence. */
  readonly license: string | null;
  readonly files: readonly PublishFile[];
  /** Commit message. */
  readonly title: string;
  readonly description: string;
};

export type PublishProgress =
  | {
      readonly kind: 'phase';
      readonly phase: 'creating' | 'preparing' | 'uploading' | 'committing' | 'verifying';
    }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly state: 'hashing' | 'uploading' | 'error';
      /** 0 to 1. */
      readonly part: number;
    }
  /** An empty repo that was made here and could not be removed again. */
  | { readonly kind: 'left-behind'; readonly url: string };

export type Published = {
  readonly commit: string;
  /** Page of the model. */
  readonly url: string;
  /** Null when the Hub could not be asked. */
  readonly verified: boolean | null;
  /** What the verification found, or why there was none. */
  readonly problems: readonly string[];
};
