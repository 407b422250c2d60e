import { embeddingRows, type GgufPlan, planGguf } from '../../formats/gguf/plan.ts';
import { poolingOf } from '../../formats/gguf/pooling.ts';
import { elsewhere, refusal } from '../../formats/gguf/refusal.ts';
import { type GgufType, ggufTypes } from '../../formats/gguf/types.ts';
import { encodeByLibrary } from '../../formats/gguf/vocabulary/encode-by.ts';
import { vocabularyOf } from '../../formats/gguf/vocabulary/vocabulary.ts';
import type { Model } from '../../formats/model.ts';
import { blobSource } from '../../io/blob.ts';
import type { StoredFile } from '../../io/paths.ts';
import { Library } from '../library/library.ts';
import type { Sources } from '../library/sources.ts';
import type { GgufOutlook } from '../protocol.ts';

/** A model that is to be written, and where its bytes come from. */
export type ToWrite = { readonly model: Model; readonly sources: Sources; readonly name: string };

/** A finished merge, as it lies in its folder. */
export async function openWritten(name: string, files: readonly StoredFile[]): Promise<ToWrite> {
  const sources = new Library();
  const blobs = files.map(({ path, file }) => blobSource(path, file));
  return { model: await sources.open('written', name, blobs), sources, name };
}

/** Plans for all types at once: what is told of the model is the same. */
export type Planned = (type: GgufType) => GgufPlan;

/** Reads what a plan needs besides headers. Throws FormatError where the model does not go into a GGUF. */
export async function prepareGguf(toWrite: ToWrite): Promise<Planned> {
  const { model, name } = toWrite;
  refuseOthers(model);
  const text = (file: string) => companionText(toWrite, file);
  const pooling = await poolingOf(text);
  const written = { name, config: model.config, tensors: model.tensors, pooling };
  const rows = embeddingRows(written);
  const files = {
    tokenizer: await text('tokenizer.json'),
    tokenizerConfig: await text('tokenizer_config.json'),
    sentencePiece: await companionBytes(toWrite, 'tokenizer.model'),
    addedTokens: await text('added_tokens.json'),
    chatTemplate: await text('chat_template.jinja'),
    config: model.config ?? {},
  };
  const vocabulary = await vocabularyOf(files, rows, encodeByLibrary);
  return (type) => planGguf(written, vocabulary, type);
}

/** The text of a small file of the model; null where it has none of that name. */
export async function companionText(model: ToWrite, file: string): Promise<string | null> {
  const bytes = await companionBytes(model, file);
  return bytes && new TextDecoder().decode(bytes);
}

async function companionBytes({ model, sources }: ToWrite, file: string) {
  if (!model.companions.some((each) => each.name === file)) return null;
  const source = sources.companion(model.id, file);
  return source.size === 0 ? new Uint8Array() : source.read(0, source.size);
}

export function outlookOf(plan: Planned): GgufOutlook {
  const plans = ggufTypes.map(plan);
  const [{ architecture, isEncoder, remarks, tensors }] = plans;
  const sizes = plans.map(({ type, size, name }) => ({ type, bytes: size, name }));
  const kept = plans
    .find(({ type }) => type === 'Q8_0')!
    .tensors.filter(({ type, shape }) => type === 'F16' && shape.length > 1).length;
  return { architecture, isEncoder, tensors: tensors.length, sizes, remarks, keptInF16: kept };
}

function refuseOthers({ name, adapter, quantised }: Model): void {
  const refuse = (found: string, expected: string, advice: string) =>
    refusal({ file: name, found, expected, advice });
  if (adapter) {
    const advice = 'Merge the adapter into its base first, with a model as output.';
    throw refuse('an adapter', 'the weights of a model', advice);
  }
  const [unreadable] = quantised.unreadable;
  if (unreadable) {
    throw refuse(`weights stored as ${unreadable.scheme}`, 'weights that can be read', elsewhere);
  }
}
