import { useId, useState } from 'react';
import { blockLayouts, blockPresets, readBlocks, slotsOfCount } from '../../recipe/blocks.ts';
import { outlookOf } from '../../stores/planning.ts';
import { usePlanning } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { plain } from '../kit/format.ts';
import { BlockStrip } from './block-strip.tsx';
import './blocks.css';

type BlocksEditorProps = {
  /** One for each slot of a layout. */
  readonly values: readonly number[];
  readonly name: string;
  readonly onChange: (values: readonly number[]) => void;
};

/** Block weights: a bar for each slot, presets, and a line to paste. */
export function BlocksEditor({ values, name, onChange }: BlocksEditorProps) {
  const present = usePlanning(({ prospect }) => outlookOf(prospect)?.blocks ?? null);
  const [wanted, setChosen] = useState(0);
  const slots = slotsOfCount(values.length);
  if (slots === null) return null; // no recipe that was read has another count
  const chosen = Math.min(wanted, slots.length - 1);
  const presets = blockPresets(slots);
  const preset = presets.find((one) => one.values.join() === values.join());
  const isEmpty = present !== null && !present.includes(slots[chosen]);
  const setLayout = (count: number) => {
    const kept = (slot: string) => values[slots.indexOf(slot)] ?? 1;
    onChange(slotsOfCount(count)!.map(kept));
  };
  return (
    <div className="blocks">
      <div className="rule-filter">
        <select
          className="select-field"
          aria-label={`${name}, blocks`}
          value={slots.length}
          onChange={(event) => setLayout(Number(event.target.value))}
        >
          {blockLayouts.map((layout) => (
            <option key={layout.of} value={layout.slots.length}>
              {layout.slots.length} blocks: {layout.of}
            </option>
          ))}
        </select>
        <select
          className="select-field"
          aria-label={`${name}, preset`}
          value={preset?.name ?? ''}
          onChange={({ target: { value } }) => {
            const found = presets.find((one) => one.name === value);
            if (found) onChange(found.values);
          }}
        >
          <option value="">Preset…</option>
          {presets.map((one) => (
            <option key={one.name}>{one.name}</option>
          ))}
        </select>
      </div>
      <BlockStrip
        slots={slots}
        values={values}
        present={present}
        name={name}
        chosen={chosen}
        onChoose={setChosen}
        onChange={onChange}
      />
      <div className="block-exact">
        <select
          className="select-field"
          aria-label={`${name}, block`}
          value={chosen}
          onChange={(event) => setChosen(Number(event.target.value))}
        >
          {slots.map((slot, k) => (
            <option key={slot} value={k}>
              {slot}
            </option>
          ))}
        </select>
        <span aria-hidden>×</span>
        <input
          type="number"
          className="text-field"
          aria-label={`${name}, ${slots[chosen]} exactly`}
          step={0.05}
          value={Number(plain(values[chosen]))}
          onChange={({ target: { valueAsNumber: next } }) => {
            if (Number.isFinite(next)) onChange(values.with(chosen, next));
          }}
        />
        {isEmpty && <span className="param-help">Nothing that is merged lies here.</span>}
      </div>
      <PasteLine slots={slots} name={name} onChange={onChange} />
    </div>
  );
}

type PasteLineProps = Pick<BlocksEditorProps, 'name' | 'onChange'> & {
  readonly slots: readonly string[];
};

function PasteLine({ slots, name, onChange }: PasteLineProps) {
  const [text, setText] = useState('');
  const [said, setSaid] = useState<{ text: string; isError: boolean } | null>(null);
  const id = useId();
  const take = () => {
    const read = readBlocks(text, slots);
    if ('problem' in read) {
      setSaid({ text: read.problem, isError: true });
      return;
    }
    onChange(read.values);
    setText('');
    const { ratio } = read;
    const hint = `The ratio ${ratio} is not of the blocks: set it as the weight of the adapter.`;
    setSaid(ratio === null ? null : { text: hint, isError: false });
  };
  return (
    <form
      className="block-paste"
      onSubmit={(event) => {
        event.preventDefault();
        take();
      }}
    >
      <input
        className="text-field"
        aria-label={`${name}, list or preset line`}
        aria-invalid={said?.isError ?? false}
        aria-describedby={said ? id : undefined}
        placeholder="NAME:1,0,0,1,…"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setSaid(null);
        }}
      />
      <Button look="quiet" type="submit" isDisabled={text.trim() === ''}>
        Use
      </Button>
      <p id={id} role="status" className={`param-help ${said?.isError ? 'is-problem' : ''}`}>
        {said?.text}
      </p>
    </form>
  );
}
