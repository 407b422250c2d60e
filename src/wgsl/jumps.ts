import type { Statement } from './syntax.ts';

type Jump = 'return' | 'break' | 'continue';

/** Whether statements may leave what is around them, other than at their end. */
export const jumps = (body: readonly Statement[]) => reaches(body, ['return', 'break', 'continue']);
export const returns = (body: readonly Statement[]) => reaches(body, ['return']);

/** Whether it is a switch with a case that may end before its end. */
export const leavesEarly = (s: Statement) =>
  s.kind === 'switch' && s.cases.some(({ body }) => jumps(body));

function reaches(body: readonly Statement[], wanted: readonly Jump[]): boolean {
  return body.some((s) => {
    switch (s.kind) {
      case 'return':
      case 'break':
      case 'continue':
        return wanted.includes(s.kind);
      case 'block':
        return reaches(s.body, wanted);
      case 'if':
        return reaches(s.then, wanted) || reaches(s.otherwise, wanted);
      case 'loop': {
        const beyond = wanted.filter((jump) => jump === 'return');
        return reaches(s.body, beyond);
      }
      case 'switch': {
        const beyond = wanted.filter((jump) => jump !== 'break');
        return s.cases.some((one) => reaches(one.body, beyond));
      }
      default:
        return false;
    }
  });
}
