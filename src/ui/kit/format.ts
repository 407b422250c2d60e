/** Numbers as people read them. */

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const units = ['B', 'KB', 'MB', 'GB', 'TB'];
/** What rounds to a thousand, and so belongs to the next unit. */
const tooLong = 999.5;

/** Decimal units, as file managers show them: 1.94 MB. */
export function bytes(count: number): string {
  let value = Math.round(count);
  let unit = 0;
  while (value >= tooLong && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : digits(value)} ${units[unit]}`;
}

/** 256 MiB, 2 GiB: memory and caches, which come in powers of two. */
export function memory(count: number): string {
  return count < 2 ** 30 ? `${count / 2 ** 20} MiB` : `${count / 2 ** 30} GiB`;
}

/** 968 K, 1.24 B: parameters of a model. */
export function parameters(count: number): string {
  if (count >= tooLong * 1e6) return `${digits(count / 1e9)} B`;
  if (count >= tooLong * 1e3) return `${digits(count / 1e6)} M`;
  if (count >= 1e3) return `${digits(count / 1e3)} K`;
  return String(count);
}

/** "1 tensor", "12 tensors". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}

/** 0.4 s, 38 s, 4 min 10 s, 2 h 5 min. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "27 Nov 2026, 04:10", in this computer's time zone. */
export function moment(iso: string): string {
  const date = new Date(iso);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getDate()} ${months[date.getMonth()]} ${date.getFullYear()}`;
  return `${day}, ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** A parameter's value without float noise: 0.30000000000000004 → 0.3. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Signed with a true minus, for values whose sign matters. */
export function signed(value: number, places = 2): string {
  const text = Math.abs(value).toFixed(places);
  if (Number(text) === 0) return text;
  return value < 0 ? `−${text}` : value > 0 ? `+${text}` : text;
}

/** Three digits, or as many as stand before the point. */
function digits(value: number): string {
  return value >= tooLong ? value.toFixed(0) : value.toPrecision(3);
}

/** "0,3", "−1", ".5" are numbers too; null when it is none. */
export function parseNumber(text: string): number | null {
  const tidy = text.trim().replace('−', '-').replace(',', '.');
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(tidy) ? Number(tidy) : null;
}
