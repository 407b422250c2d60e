/** What tools call the modules that an adapter changes. */
import { flatName } from '../pair/addresses.ts';
import { componentOf } from './known.ts';
import type { Piece } from './pieces.ts';
import { blackForest, diffusersLayout, type Seat, sgm } from './reverse.ts';
import type { Scene } from './scene.ts';

/** Whose names: also of ai-toolkit, which has those of diffusers. */
export type Style = 'PEFT' | 'kohya' | 'diffusers' | 'ComfyUI';

/** As they go on in "names of" and "in". */
export const styleWords: Readonly<Record<Style, string>> = {
  PEFT: 'PEFT’s naming',
  kohya: 'kohya’s naming',
  diffusers: 'diffusers’ naming',
  ComfyUI: 'ComfyUI’s naming',
};

/** The naming that a dialect of `read/` writes. */
export function styleOf(dialect: string): Style {
  return dialect === 'ai-toolkit' ? 'diffusers' : (dialect as Style);
}

/**
 * The module of a naming that a piece is, or is a part of, by its name in a file without what stands behind it.
 * Null where the naming has none, or none that is known for this model. `columns` are those of the piece.
 */
export function seatOf(style: Style, piece: Piece, columns: number, scene: Scene): Seat | null {
  const { name, known } = piece;
  if (name === null) return null;
  const part = partOf(piece, columns);
  switch (style) {
    case 'PEFT':
      return diffusersLayout(name);
    case 'diffusers': {
      const component = componentFor(part, piece, scene);
      if (component === null) return null;
      return inFront(component === '' ? '' : `${component}.`, diffusersLayout(name));
    }
    case 'ComfyUI':
      return known?.kind === 'flux' && scene.isFlux
        ? inFront('diffusion_model.', blackForest(name))
        : null;
    case 'kohya':
      return kohyaSeat(part, piece, scene);
  }
}

/** Which model of a pipeline a piece is of: "denoiser", "te1"; null of one that is no pipeline. */
export function partOf(piece: Piece, columns: number): string | null {
  const { name, known, parts } = piece;
  if (parts?.length === 1) return parts[0];
  if (name !== null && componentOf(name, known) !== null) return 'denoiser';
  if (known?.kind === 't5') return 'te3';
  if (parts) return parts[0];
  if (known?.kind !== 'clip') return null;
  // OpenCLIP's bigG, of SDXL; CLIP's L and OpenCLIP's H are the only text encoders of their pipelines, or the first.
  return Math.min(piece.to - piece.from, columns) === 1280 ? 'te2' : 'te1';
}

/** Folders of diffusers' pipelines; none for a language model by itself. */
function componentFor(part: string | null, { name, known }: Piece, { isFlux }: Scene) {
  switch (part) {
    case 'denoiser':
      return componentOf(name!, known);
    case 'te1':
      return 'text_encoder';
    case 'te2':
      return 'text_encoder_2';
    case 'te3':
      return isFlux ? 'text_encoder_2' : 'text_encoder_3';
    case null:
      return known?.kind === 'language model' ? '' : null;
    default:
      return null;
  }
}

function kohyaSeat(part: string | null, piece: Piece, scene: Scene): Seat | null {
  const name = piece.name!;
  const own: Seat = { module: name, part: 0, of: 1, cut: null };
  switch (part) {
    case 'denoiser': {
      const kind = piece.known?.kind;
      if (kind === 'unet') return flat('lora_unet_', scene.unet === 'sgm' ? sgm(name) : own);
      return kind === 'flux' && scene.isFlux ? flat('lora_unet_', blackForest(name)) : null;
    }
    case 'te1':
      return flat(scene.countsEncoders ? 'lora_te1_' : 'lora_te_', own);
    case 'te2':
    case 'te3':
      return flat(`lora_${part}_`, own);
    case null:
      return flat('lycoris_', own); // of any model, by LyCORIS
    default:
      return null;
  }
}

const flat = (prefix: string, seat: Seat | null) =>
  seat && inFront(prefix, { ...seat, module: flatName(seat.module) });

const inFront = (prefix: string, seat: Seat | null) =>
  seat && { ...seat, module: `${prefix}${seat.module}` };
