import { CircleCheck, CircleX, Download, FolderCheck, LoaderCircle } from 'lucide-react';
import { downloadFile } from '../../commands/download.ts';
import { cancelGguf, openGguf, writeGguf } from '../../commands/gguf.ts';
import type { GgufOutlook, GgufResult, GgufType } from '../../engine/protocol.ts';
import { session, useGguf } from '../../stores/use-session.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { FailureText } from '../kit/failure-text.tsx';
import { bytes, counted, duration } from '../kit/format.ts';
import '../inspect/findings.css';
import './gguf.css';

const types: Readonly<Record<GgufType, string>> = {
  F16: 'Runs everywhere. What is beyond its range, such as 70,000, is stored as its largest value.',
  BF16: 'As most models are stored: nothing is lost of theirs. Slower where a device lacks it.',
  Q8_0: 'About half of F16: 8 bits a weight and a scale for every 32. Hard to tell from F16.',
  F32: 'Every digit of what is stored. Twice as large as F16.',
};

/** A model as one file for llama.cpp: which type, how large, and then how far it is. */
export default function GgufDialog() {
  const name = useGguf((state) => state.from?.name ?? '');
  return (
    <Dialog title={`Export ${name} as GGUF`} onClose={session.view.getState().close}>
      <div className="gguf">
        <What />
        <Body />
      </div>
    </Dialog>
  );
}

/** What such a file is good for. */
function What() {
  const isEncoder = useGguf((state) => state.outlook?.isEncoder ?? false);
  return (
    <p className="small">
      {isEncoder ? (
        <>
          One file of weights and tokenizer, from which llama.cpp and LM Studio make embeddings of
          texts: <code>llama-server --embeddings</code>.
        </>
      ) : (
        <>
          One file that llama.cpp, LM Studio and Jan run, with weights and tokenizer. Ollama needs
          none: it imports the folder of safetensors as it is, with <code>FROM .</code> in a
          Modelfile.
        </>
      )}
    </p>
  );
}

function Body() {
  const phase = useGguf((state) => state.phase);
  const outlook = useGguf((state) => state.outlook);
  const result = useGguf((state) => state.result);
  if (phase === 'failed') return <Failed />;
  if (phase === 'done' && result) return <Done result={result} />;
  if (outlook === null) {
    return (
      <p className="small" role="status">
        <LoaderCircle aria-hidden className="spin inline-icon" /> Looking at the model…
      </p>
    );
  }
  return phase === 'ready' ? <Choice outlook={outlook} /> : <Writing />;
}

function Choice({ outlook }: { readonly outlook: GgufOutlook }) {
  const chosen = useGguf((state) => state.type);
  const { sizes, architecture, tensors, keptInF16, remarks } = outlook;
  return (
    <>
      <fieldset className="gguf-types">
        <legend className="visually-hidden">Type of the weights</legend>
        {sizes.map(({ type, bytes: size }) => (
          <label key={type} className="gguf-type">
            <input
              type="radio"
              name="gguf-type"
              checked={type === chosen}
              onChange={() => session.gguf.getState().choose(type)}
            />
            <strong>{type}</strong>
            <span className="number">{bytes(size)}</span>
            <span className="gguf-note">{types[type]}</span>
          </label>
        ))}
      </fieldset>
      <p className="faint small">
        Architecture “{architecture}”, {counted(tensors, 'tensor')}. Norms and biases are F32
        {chosen === 'Q8_0' && keptInF16 > 0
          ? `, and ${counted(keptInF16, 'matrix', 'matrices')} whose rows no 32 divides F16.`
          : '.'}
      </p>
      <Remarks remarks={remarks} />
      <div className="gguf-actions">
        <Button look="primary" onPress={() => void writeGguf(session)}>
          Write the file
        </Button>
      </div>
    </>
  );
}

function Writing() {
  const share = useGguf((state) => state.share);
  const isCancelling = useGguf((state) => state.phase === 'cancelling');
  const type = useGguf((state) => state.type);
  return (
    <>
      <p className="small">
        <strong>{isCancelling ? 'Cancelling…' : `Writing ${type}, and reading it back…`}</strong>
      </p>
      <progress value={share} max={1} aria-label="Written and read back" />
      <div className="gguf-actions">
        <Button isDisabled={isCancelling} onPress={() => cancelGguf(session)}>
          Cancel
        </Button>
      </div>
    </>
  );
}

function Done({ result }: { readonly result: GgufResult }) {
  const saved = useGguf((state) => state.saved);
  const { name, bytes: size, sha256, seconds, remarks } = result;
  return (
    <>
      <p className="small" role="status">
        <CircleCheck aria-hidden className="inline-icon gguf-good" /> <code>{name}</code>,{' '}
        <span className="number">{bytes(size)}</span>, written and read back in {duration(seconds)}.
      </p>
      <p className="tiny">
        SHA-256 <code className="gguf-sum">{sha256}</code>
      </p>
      <Remarks remarks={remarks} />
      {saved?.kind === 'directory' && (
        <p className="small">
          <FolderCheck aria-hidden className="inline-icon" /> In the folder{' '}
          <strong>{saved.name}</strong>
        </p>
      )}
      {saved?.kind === 'opfs' && (
        <p className="faint small">
          It stays in private storage until you remove it, under Result.
        </p>
      )}
      <div className="gguf-actions">
        <Button onPress={() => session.gguf.getState().again()}>Another type</Button>
        {saved?.kind === 'opfs' && (
          <Button look="primary" onPress={() => void downloadFile(session, saved.folder, name)}>
            <Download aria-hidden /> Download
          </Button>
        )}
      </div>
    </>
  );
}

function Failed() {
  const failure = useGguf((state) => state.failure);
  const from = useGguf((state) => state.from);
  const outlook = useGguf((state) => state.outlook);
  const again = () => {
    if (outlook) session.gguf.getState().again();
    else if (from) void openGguf(session, from);
  };
  return (
    <>
      <div className="finding is-error" role="alert">
        <CircleX aria-hidden className="finding-icon" />
        <div className="finding-text">{failure && <FailureText failure={failure} />}</div>
      </div>
      <div className="gguf-actions">
        <Button onPress={again}>Try again</Button>
      </div>
    </>
  );
}

function Remarks({ remarks }: { readonly remarks: readonly string[] }) {
  if (remarks.length === 0) return null;
  return (
    <ul className="gguf-remarks small">
      {remarks.map((remark) => (
        <li key={remark}>{remark}</li>
      ))}
    </ul>
  );
}
