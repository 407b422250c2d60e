export type StubRequest = {
  readonly method: string;
  /** Path and query on the Hub, or the whole address elsewhere. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: BodyInit | null;
};

export type StubAnswer = (request: StubRequest) => Response | Promise<Response>;

/** A `fetch` that asks a function, and remembers what it was asked. */
export function stubFetch(hubUrl: string, answer: StubAnswer) {
  const requests: StubRequest[] = [];
  const fake: typeof fetch = async (input, init = {}) => {
    const url = String(input);
    const request: StubRequest = {
      method: init.method ?? 'GET',
      path: url.startsWith(hubUrl) ? url.slice(hubUrl.length) : url,
      headers: new Headers(init.headers),
      body: init.body ?? null,
    };
    requests.push(request);
    const response = await answer(request);
    return Object.defineProperty(response, 'url', { value: url });
  };
  return { fetch: fake, requests };
}
