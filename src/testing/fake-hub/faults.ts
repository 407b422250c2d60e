import { randomNumbers } from '../samples.ts';
import { type Ask, type Delivery, json, type OriginName, part, type Reply } from './exchange.ts';
import { accessDenied } from './signed.ts';

/** What can go wrong with one request. */
export type Trouble =
  /** Another answer, such as 503. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** 429; how long to wait is told by one header or the other (https://huggingface.co/docs/hub/rate-limits). */
  | {
      readonly kind: 'rate-limit';
      readonly seconds: number;
      readonly says?: 'RateLimit' | 'Retry-After';
    }
  /** The connection closes before a status line. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'latency'; readonly milliseconds: number }
  /** 200 and the whole file; RFC 9110, 14.2 allows it. */
  | { readonly kind: 'range-ignored' }
  /** The body ends in good order, but before the end of the range. */
  | { readonly kind: 'short'; readonly missing: number }
  | { readonly kind: 'etag'; readonly etag: string }
  /** 403, as for a signed address whose time is over. */
  | { readonly kind: 'expired' }
  /** The connection breaks in the body: after so many bytes, or somewhere that follows from a seed. */
  | { readonly kind: 'drop'; readonly after: number | { readonly seed: number } }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  /** No page of another origin may read the reply. */
  | { readonly kind: 'no-cors' };

export type Fault = Trouble & {
  readonly origin?: OriginName;
  readonly method?: string;
  /** Found in path and query. */
  readonly path?: string | RegExp;
  /** How many matching requests it hits; one unless given. */
  readonly times?: number;
  /** How many matching requests pass unhurt before. */
  readonly skip?: number;
};

type Armed = { readonly fault: Fault; skip: number; left: number; readonly random: () => number };

/** The troubles that wait for requests. Each matching request takes one of each; preflights take none. */
export class Faults {
  private armed: Armed[] = [];

  add(fault: Fault): void {
    const { skip = 0, times = 1 } = fault;
    const isSeeded = fault.kind === 'drop' && typeof fault.after !== 'number';
    const random = randomNumbers(isSeeded ? (fault.after as { seed: number }).seed : 0);
    this.armed.push({ fault, skip, left: times, random });
  }

  /** How many requests are still to be hit. */
  get left(): number {
    return this.armed.reduce((sum, { left }) => sum + left, 0);
  }

  clear(): void {
    this.armed = [];
  }

  /** Answers `ask` with the help of `answer`, and with what is wrong today. */
  async disturb(ask: Ask, answer: (ask: Ask) => Promise<Reply>): Promise<Reply> {
    const troubles = this.take(ask);
    for (const { fault } of troubles) {
      if (fault.kind === 'latency')
        await new Promise((done) => setTimeout(done, fault.milliseconds));
    }
    const instead = troubles
      .map(({ fault }) => answerInstead(fault))
      .find((reply) => reply !== null);
    const isWhole = troubles.some(({ fault }) => fault.kind === 'range-ignored');
    const reply = instead ?? (await answer(isWhole ? withoutRange(ask) : ask));
    return troubles.reduce((so, { fault, random }) => damage(so, fault, random), reply);
  }

  private take(ask: Ask): readonly Armed[] {
    const matching = this.armed.filter((each) => each.left > 0 && matches(each.fault, ask));
    return matching.filter((each) => {
      const isHit = each.skip === 0;
      if (isHit) each.left -= 1;
      else each.skip -= 1;
      return isHit;
    });
  }
}

function matches({ origin, method, path = '' }: Fault, ask: Ask): boolean {
  const where = ask.url.pathname + ask.url.search;
  const isThere = typeof path === 'string' ? where.includes(path) : path.test(where);
  return isThere && (!origin || origin === ask.origin) && (!method || method === ask.method);
}

function answerInstead(fault: Fault): Reply | null {
  switch (fault.kind) {
    case 'status':
      return json({ error: `HTTP status ${fault.status}` }, fault.headers, fault.status);
    case 'rate-limit': {
      const { seconds, says = 'RateLimit' } = fault;
      const value = says === 'RateLimit' ? `"resolvers";r=0;t=${seconds}` : String(seconds);
      return json({ error: 'Too many requests' }, { [says.toLowerCase()]: value }, 429);
    }
    case 'expired':
      return accessDenied('Request has expired').reply;
    default:
      return null;
  }
}

function withoutRange(ask: Ask): Ask {
  const { range: _, ...headers } = ask.headers;
  return { ...ask, headers };
}

function damage(reply: Reply, fault: Fault, random: () => number): Reply {
  const { body, headers } = reply;
  const delivered = (delivery: Delivery) => ({
    ...reply,
    delivery: { ...reply.delivery, ...delivery },
  });
  switch (fault.kind) {
    case 'short':
      return { ...reply, body: part(body, 0, Math.max(0, body.size - fault.missing)) };
    case 'etag':
      return { ...reply, headers: { ...headers, etag: fault.etag } };
    case 'drop': {
      if (body.size === 0) return reply;
      const { after } = fault;
      return delivered({
        dropAfter: typeof after === 'number' ? after : Math.floor(random() * body.size),
      });
    }
    case 'refused':
      return delivered({ dropAfter: -1 });
    case 'slow':
      return delivered({ bytesPerSecond: fault.bytesPerSecond });
    case 'no-cors':
      return delivered({ withoutCors: true });
    default:
      return reply;
  }
}
