import { parseExpression, parseType } from './parse-expression.ts';
import { parseBlock } from './parse-statement.ts';
import { refuse } from './refusal.ts';
import type {
  Expression,
  FunctionDeclaration,
  GlobalDeclaration,
  ModuleSyntax,
  StructDeclaration,
} from './syntax.ts';
import { Cursor } from './tokens.ts';

type Attributes = ReadonlyMap<string, readonly Expression[]>;

/** Names that an attribute's argument may be, which are no values: `@builtin(workgroup_id)`. */
function parseAttributes(at: Cursor): Attributes {
  const found = new Map<string, readonly Expression[]>();
  while (at.take('@')) {
    const name = at.name();
    found.set(name, at.take('(') ? at.list(')', () => parseExpression(at)) : []);
  }
  return found;
}

function allow(attributes: Attributes, names: readonly string[], line: number): void {
  for (const name of attributes.keys()) {
    if (!names.includes(name)) refuse(`the attribute @${name} is not supported`, line);
  }
}

function numberOf(attribute: readonly Expression[] | undefined, line: number): number {
  const [value] = attribute ?? [];
  return value?.kind === 'literal' ? value.value : refuse('a number expected in @binding', line);
}

function parseStruct(at: Cursor): StructDeclaration {
  const { line } = at;
  at.need('struct');
  const name = at.name();
  at.need('{');
  const fields = at.list('}', () => {
    const field = at.name();
    at.need(':');
    return { name: field, type: parseType(at) };
  });
  return { name, fields, line };
}

/** `const`, `override`, `var<private>` and the buffers. */
function parseGlobal(at: Cursor, attributes: Attributes): GlobalDeclaration {
  const { line } = at;
  const keyword = at.next();
  let kind: GlobalDeclaration['kind'] = keyword === 'override' ? 'override' : 'const';
  let writable = false;
  if (keyword === 'var') {
    at.need('<');
    const space = at.name();
    if (!['private', 'uniform', 'storage'].includes(space)) {
      refuse(`variables of the address space "${space}" are not supported`, line);
    }
    kind = space === 'private' ? 'private' : 'buffer';
    if (at.take(',')) {
      const access = at.name();
      if (access !== 'read' && access !== 'read_write') refuse(`no access "${access}"`, line);
      writable = access === 'read_write';
    }
    at.closeTemplate();
  }
  allow(attributes, kind === 'buffer' ? ['group', 'binding'] : [], line);
  const name = at.name();
  const type = at.take(':') ? parseType(at) : null;
  const value = at.take('=') ? parseExpression(at) : null;
  at.need(';');
  const binding = kind === 'buffer' ? numberOf(attributes.get('binding'), line) : -1;
  return { name, kind, type, value, line, binding, writable };
}

function parseFunction(at: Cursor): FunctionDeclaration {
  const { line } = at;
  at.need('fn');
  const name = at.name();
  at.need('(');
  const parameters = at.list(')', () => {
    const attributes = parseAttributes(at);
    allow(attributes, ['builtin'], at.line);
    const [given] = attributes.get('builtin') ?? [];
    const parameter = at.name();
    at.need(':');
    const builtin = given?.kind === 'name' ? given.name : null;
    return { name: parameter, type: parseType(at), builtin };
  });
  const result = at.take('->') ? parseType(at) : null;
  return { name, parameters, result, body: parseBlock(at), line };
}

/** WGSL text to its tree; the forms of the subset, nothing about types yet. */
export function parse(code: string): ModuleSyntax {
  const at = new Cursor(code);
  const structs = new Map<string, StructDeclaration>();
  const globals = new Map<string, GlobalDeclaration>();
  const functions = new Map<string, FunctionDeclaration>();
  let entry: ModuleSyntax['entry'] = null;
  const declare = <T extends { name: string; line: number }>(into: Map<string, T>, made: T) => {
    if (structs.has(made.name) || globals.has(made.name) || functions.has(made.name)) {
      refuse(`${made.name} is declared twice`, made.line);
    }
    into.set(made.name, made);
  };
  while (at.kind !== 'end') {
    if (at.take(';')) continue;
    const attributes = parseAttributes(at);
    const { line } = at;
    switch (at.peek()) {
      case 'struct':
        allow(attributes, [], line);
        declare(structs, parseStruct(at));
        break;
      case 'const':
      case 'override':
      case 'var':
        declare(globals, parseGlobal(at, attributes));
        break;
      case 'fn': {
        allow(attributes, ['compute', 'workgroup_size'], line);
        const made = parseFunction(at);
        declare(functions, made);
        if (!attributes.has('compute')) break;
        if (entry) refuse('a second entry point', line);
        entry = { name: made.name, size: attributes.get('workgroup_size') ?? [] };
        break;
      }
      default:
        at.fail('a declaration expected');
    }
  }
  return { structs, globals, functions, entry };
}
