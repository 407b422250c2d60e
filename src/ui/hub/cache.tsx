import { clearCache, limitCache } from '../../commands/hub/cache.ts';
import { gib } from '../../stores/device.ts';
import { session, useHub } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { bytes, memory } from '../kit/format.ts';

const limits = [0, 2 * gib, 8 * gib, 32 * gib, 128 * gib];

/** What of the Hub lies on this computer, and how much may. */
export function Cache() {
  const cached = useHub((state) => state.cached);
  const limit = useHub((state) => state.cacheBytes);
  return (
    <footer className="hub-cache small">
      <span className="number">
        {cached === null ? 'Downloads' : `${bytes(cached)} of downloads`} kept for the next merge
      </span>
      <label>
        up to{' '}
        <select
          className="select-field"
          aria-label="Downloads kept up to"
          value={limit}
          onChange={(event) => void limitCache(session, Number(event.target.value))}
        >
          {limits.map((size) => (
            <option key={size} value={size}>
              {size === 0 ? 'nothing' : memory(size)}
            </option>
          ))}
        </select>
      </label>
      <Button look="quiet" isDisabled={!cached} onPress={() => void clearCache(session)}>
        Clear
      </Button>
    </footer>
  );
}
