/**
 * Seconds to wait before asking again, or null when the reply does not say. Reads `Retry-After` (RFC 9110,
 * seconds or a date) and the Hub's `RateLimit: "api";r=0;t=55`, where t is seconds until the window ends
 * (https://huggingface.co/docs/hub/rate-limits). `now` is in milliseconds.
 */
export function secondsToWait(headers: Headers, now: number): number | null {
  const after = headers.get('retry-after');
  if (after !== null) {
    const seconds = /^\s*\d+\s*$/.test(after) ? Number(after) : (Date.parse(after) - now) / 1000;
    if (Number.isFinite(seconds)) return Math.max(0, seconds);
  }
  const reset = /;\s*t=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1];
  return reset === undefined ? null : Number(reset);
}
