/**
 * Reads the pickles that torch.save writes of tensors. A closed list of opcodes and names; whatever else a
 * file holds is refused by name. Nothing is imported or called, and one pass over the bytes is all there is.
 */
import { build, findGlobal } from './globals.ts';
import { opcodes as op, opcodeName } from './opcodes.ts';
import { Cursor, damagedPickle } from './pickle-cursor.ts';
import { Stack } from './pickle-stack.ts';
import { quote, type Refusal } from './refusal.ts';
import { type Dict, isKind, kindOf, say, type Value } from './values.ts';

/** The one value of a pickle. Throws `FormatError` for all that is not plain data, tensors and their storages. */
export function unpickle(bytes: Uint8Array, refuse: Refusal): Value {
  return new Machine(bytes, refuse).run();
}

class Machine {
  readonly #in: Cursor;
  readonly #stack: Stack;
  readonly #refuse: Refusal;
  readonly #memo = new Map<number, Value>();

  constructor(bytes: Uint8Array, refuse: Refusal) {
    this.#refuse = refuse;
    this.#in = new Cursor(bytes, refuse);
    this.#stack = new Stack(refuse);
  }

  run(): Value {
    if (this.#in.byte() !== op.PROTO) throw this.#damaged('no PROTO at the start', 'a pickle');
    const protocol = this.#in.byte();
    if (protocol !== 2 && protocol !== 3) {
      const found = `pickle protocol ${protocol}`;
      throw this.#refuse('unsafe-pickle', found, 'protocol 2, which torch.save writes by itself');
    }
    for (;;) {
      const code = this.#in.byte();
      if (code === op.STOP) return this.#result();
      const value = this.#value(code);
      if (value === undefined) this.#act(code);
      else this.#stack.push(value);
    }
  }

  #result(): Value {
    if (this.#in.left === 0) return this.#stack.only();
    throw this.#damaged(`${this.#in.left} bytes after the end`, 'none');
  }

  /** What an opcode puts on the stack; undefined for those that do something else. */
  #value(code: number): Value | undefined {
    switch (code) {
      case op.NONE:
        return null;
      case op.NEWTRUE:
        return true;
      case op.NEWFALSE:
        return false;
      case op.BININT1:
        return this.#in.byte();
      case op.BININT2:
        return this.#in.uint16();
      case op.BININT:
        return this.#in.int32();
      case op.LONG1:
        return this.#in.long();
      case op.BINFLOAT:
        return this.#in.float64();
      case op.BINUNICODE:
        return this.#in.text();
      case op.EMPTY_TUPLE:
        return { kind: 'tuple', items: [] };
      case op.TUPLE1:
      case op.TUPLE2:
      case op.TUPLE3:
        return { kind: 'tuple', items: this.#stack.pop(code - op.TUPLE1 + 1) };
      case op.TUPLE:
        return { kind: 'tuple', items: this.#stack.popToMark() };
      case op.EMPTY_LIST:
        return { kind: 'list', items: [] };
      case op.EMPTY_DICT:
        return { kind: 'dict', ordered: false, items: null };
      case op.BINGET:
        return this.#recall(this.#in.byte());
      case op.LONG_BINGET:
        return this.#recall(this.#in.uint32());
      case op.GLOBAL:
        return this.#global();
      case op.BINPERSID:
        return this.#storage();
      case op.REDUCE:
        return this.#reduce();
      default:
        return undefined;
    }
  }

  #act(code: number): void {
    switch (code) {
      case op.MARK:
        this.#stack.mark();
        break;
      case op.APPEND:
        this.#append(this.#stack.pop(1));
        break;
      case op.APPENDS:
        this.#append(this.#stack.popToMark());
        break;
      case op.SETITEM:
        this.#setItems(this.#stack.pop(2));
        break;
      case op.SETITEMS:
        this.#setItems(this.#stack.popToMark());
        break;
      case op.BINPUT:
        this.#remember(this.#in.byte());
        break;
      case op.LONG_BINPUT:
        this.#remember(this.#in.uint32());
        break;
      case op.BUILD:
        this.#dropState();
        break;
      default:
        throw this.#refuse(
          'unsafe-pickle',
          `the pickle opcode ${opcodeName(code)}`,
          'only what torch.save writes for tensors',
        );
    }
  }

  #damaged(found: string, expected: string) {
    return damagedPickle(this.#refuse, found, expected);
  }

  #global(): Value {
    const module = this.#in.line();
    const name = this.#in.line();
    const found = findGlobal(module, name);
    if (found) return found;
    throw this.#refuse(
      'unsafe-pickle',
      `the Python object ${quote(`${module}.${name}`)}, which loading the file would import`,
      'tensors and plain data only',
    );
  }

  #append(items: readonly Value[]): void {
    const list = this.#stack.top();
    if (!isKind(list, 'list')) {
      throw this.#damaged(`${kindOf(list)} that something is appended to`, 'a list');
    }
    for (const item of items) list.items.push(item);
  }

  #setItems(items: readonly Value[]): void {
    const dict = this.#stack.top();
    if (!isKind(dict, 'dict')) {
      throw this.#damaged(`${kindOf(dict)} whose members are set`, 'a dict');
    }
    if (items.length % 2 === 1) throw this.#damaged('a key without a value', 'pairs');
    for (let i = 0; i < items.length; i += 2) this.#setItem(dict, items[i], items[i + 1]);
  }

  #setItem(dict: Dict, key: Value, value: Value): void {
    if (typeof key !== 'string' && !Number.isInteger(key)) {
      const found = `${kindOf(key)} as a key of a dict`;
      throw this.#refuse('bad-pickle', found, 'texts and whole numbers');
    }
    dict.items ??= new Map();
    if (dict.items.has(key as string | number)) {
      const found = `the key ${quote(String(key))} twice in one dict`;
      throw this.#refuse('duplicate-key', found, 'each key once');
    }
    dict.items.set(key as string | number, value);
  }

  #remember(index: number): void {
    this.#memo.set(index, this.#stack.top());
  }

  #recall(index: number): Value {
    const value = this.#memo.get(index);
    if (value !== undefined) return value;
    throw this.#damaged(`number ${index} of its memo used before it is there`, 'one that is there');
  }

  #storage(): Value {
    const [id] = this.#stack.pop(1);
    const items = isKind(id, 'tuple') ? id.items : [];
    const [word, type, key, , numel] = items;
    const isStorage =
      items.length === 5 &&
      word === 'storage' &&
      isKind(type, 'storage type') &&
      typeof key === 'string';
    if (!isStorage) {
      throw this.#refuse(
        'unsafe-pickle',
        'a reference to something else than a storage',
        'storages',
      );
    }
    if (typeof numel !== 'number' || !Number.isSafeInteger(numel) || numel < 0) {
      throw this.#refuse(
        'bad-pickle',
        `a storage of ${say(numel)} elements`,
        'a number of elements',
      );
    }
    return { kind: 'storage', type, key, numel };
  }

  #reduce(): Value {
    const [callee, args] = this.#stack.pop(2);
    if (!isKind(callee, 'function')) {
      throw this.#refuse('unsafe-pickle', `a call of ${kindOf(callee)}`, 'tensors and plain data');
    }
    if (isKind(args, 'tuple')) return build(callee.name, args.items, this.#refuse);
    throw this.#damaged(`a call of ${callee.name} with ${kindOf(args)}`, 'a tuple of arguments');
  }

  /** Attributes of a dict of tensors (`_metadata`) are no tensors: they are read and dropped. */
  #dropState(): void {
    this.#stack.pop(1);
    const target = this.#stack.top();
    if (isKind(target, 'dict') && target.ordered) return;
    throw this.#refuse('unsafe-pickle', `attributes set on ${kindOf(target)}`, 'only on dicts');
  }
}
