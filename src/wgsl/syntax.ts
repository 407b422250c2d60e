/** The syntax tree of the subset. Every node carries its line, from 1. */

/** A type as it is written: `vec4u`, `array<vec4f, 3>`, `Job`. */
export type TypeName = {
  readonly name: string;
  readonly args: readonly TypeName[];
  /** The length of an array. */
  readonly count: Expression | null;
  readonly line: number;
};

export type LiteralType = 'bool' | 'i32' | 'u32' | 'f32' | 'int' | 'float';

export type BinaryOp =
  | ('+' | '-' | '*' | '/' | '%')
  | ('&' | '|' | '^' | '<<' | '>>' | '&&' | '||')
  | ('==' | '!=' | '<' | '>' | '<=' | '>=');

export type Expression = { readonly line: number } & (
  | { readonly kind: 'literal'; readonly type: LiteralType; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly callee: TypeName; readonly args: readonly Expression[] }
  | { readonly kind: 'unary'; readonly op: '-' | '!' | '~' | '&'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly op: BinaryOp;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
);

export type Case = {
  /** null stands for `default`. */
  readonly values: readonly (Expression | null)[];
  readonly body: readonly Statement[];
};

export type Statement = { readonly line: number } & (
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | {
      readonly kind: 'declare';
      readonly keyword: 'let' | 'const' | 'var';
      readonly name: string;
      readonly type: TypeName | null;
      readonly value: Expression | null;
    }
  | {
      readonly kind: 'assign';
      /** The operator of a compound assignment. */
      readonly op: BinaryOp | null;
      readonly target: Expression;
      readonly value: Expression;
    }
  | { readonly kind: 'call'; readonly call: Expression }
  | { readonly kind: 'return'; readonly value: Expression | null }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | {
      readonly kind: 'loop';
      readonly first: Statement | null;
      readonly condition: Expression | null;
      readonly step: Statement | null;
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'switch'; readonly on: Expression; readonly cases: readonly Case[] }
);

export type Parameter = {
  readonly name: string;
  readonly type: TypeName;
  readonly builtin: string | null;
};

export type FunctionDeclaration = {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly result: TypeName | null;
  readonly body: readonly Statement[];
  readonly line: number;
};

export type StructDeclaration = {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: TypeName }[];
  readonly line: number;
};

export type GlobalDeclaration = {
  readonly name: string;
  readonly kind: 'const' | 'override' | 'private' | 'buffer';
  readonly type: TypeName | null;
  readonly value: Expression | null;
  readonly line: number;
  /** Of buffers. */
  readonly binding: number;
  readonly writable: boolean;
};

export type ModuleSyntax = {
  readonly structs: ReadonlyMap<string, StructDeclaration>;
  readonly globals: ReadonlyMap<string, GlobalDeclaration>;
  readonly functions: ReadonlyMap<string, FunctionDeclaration>;
  /** The function marked `@compute`, and the size of its workgroups. */
  readonly entry: { readonly name: string; readonly size: readonly Expression[] } | null;
};
