import { invocation } from './command.ts';
import type { Target } from './target.ts';

/** A command line that works on the same target, to be copied. */
export function commandLine(target: Target, ...words: string[]): string {
  const where = [
    ...(target.local && target.environment === 'local' ? [] : ['--environment', target.environment]),
    ...(target.region === null || target.local ? [] : ['--region', target.region]),
    ...(target.endpoint === null ? [] : ['--endpoint', target.endpoint]),
  ];
  return [invocation, ...words, ...where]
    .map((word) => (/^[\w@%+=:,./ -]+$/.test(word) ? word : `'${word}'`))
    .join(' ');
}

export function comeBack(target: Target, id: string): string {
  return `Come back: ${commandLine(target, 'watch', id)}`;
}
