/** Where in a base a module is that an adapter names. */
import { type Address, addressesOf, coreName, flatName, mayMeet } from './addresses.ts';
import { endsOf, type Piece, type Place, type Places } from './places.ts';
import { partsOf } from './rules.ts';

/** Pieces of a base whose rows, one below the other, may be what the adapter means. */
export type Candidate = readonly Piece[];

export type Candidates = {
  readonly all: readonly Candidate[];
  /** Whether only the ends of names agree. */
  readonly byEnds: boolean;
};

/**
 * By its exact name; else without wrappers in front; else by how one name ends, at dots. The first that finds
 * anything decides; it may find several. Underscores are looked up as they are: which of them are dots is
 * for the base's own names to say.
 */
export function candidatesFor(places: Places, module: string): Candidates {
  const questions = addressesOf(module).flatMap(questionsOf);
  for (const look of [exactly, withoutWrappers, byEnds]) {
    const found = questions.flatMap((question) => answers(places, question, look));
    if (found.length > 0) return { all: distinct(found), byEnds: look === byEnds };
  }
  return { all: [], byEnds: false };
}

/** What to look for, one below the other: a module itself, or what it is made of. */
type Question = Address & { readonly names: readonly string[] };

function questionsOf(address: Address): readonly Question[] {
  const own = { ...address, names: [address.name] };
  const { names } = partsOf(address);
  return names.length === 1 && names[0] === address.name ? [own] : [own, { ...address, names }];
}

type Look = (places: Places, name: string, isFlat: boolean) => readonly Place[];

const exactly: Look = ({ exact, flat }, name, isFlat) =>
  isFlat ? flat(name) : either(exact(name), () => flatOnes(flat(flatName(name))));

const withoutWrappers: Look = ({ core, flatCore }, name, isFlat) => {
  const own = coreName(name);
  return isFlat ? flatCore(name) : either(core(own), () => flatOnes(flatCore(flatName(own))));
};

const byEnds: Look = ({ ends, exact }, name, isFlat) => {
  if (isFlat) return [];
  const longer = either(ends(name), () => ends(coreName(name)));
  const shorter = endsOf(name).filter((end) => end.includes('.'));
  return [...longer, ...shorter.flatMap(exact)];
};

const either = (found: readonly Place[], others: () => readonly Place[]) =>
  found.length > 0 ? found : others();

/** A name with dots meets one without only where that one is flat. */
const flatOnes = (found: readonly Place[]) => found.filter(({ flat }) => flat);

/** All names must be found in one part of the base. */
function answers(places: Places, { names, parts, flat }: Question, look: Look): Candidate[] {
  const found = names.map((name) =>
    look(places, name, flat).filter((place) => mayMeet(place.parts, parts)),
  );
  return found[0].flatMap((first) => {
    const row = found.map((list) => list.filter(({ group }) => group === first.group));
    if (row.slice(1).some((list) => list.length !== 1)) return [];
    return [joined([first.piece, ...row.slice(1).map(([{ piece }]) => piece)])];
  });
}

/** Neighbouring rows of one module are one piece. */
function joined(pieces: readonly Piece[]): Candidate {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (last?.module === piece.module && last.to === piece.from) {
      result[result.length - 1] = { ...last, to: piece.to };
    } else result.push(piece);
  }
  return result;
}

function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  const key = (candidate: Candidate) =>
    candidate.map(({ module, from, to }) => `${module.name}:${from}:${to}`).join('+');
  return [...new Map(candidates.map((candidate) => [key(candidate), candidate])).values()];
}
