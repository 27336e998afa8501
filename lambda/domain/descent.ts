import { recoverRequestSchema } from './rollback.ts';

/** An execution that ended, and those that it was to recover, down to the release itself. */
export interface LineOfDescent {
  /** ARNs, the latest first. */
  readonly executions: readonly string[];
  /** How many of them were recoveries. */
  readonly recoveries: number;
  /** Of the first; null when its input names none. */
  readonly service: string | null;
}

/**
 * @param inputOf the input of an execution; null for one that is forgotten
 * @param longest recoveries followed at most
 */
export async function lineOf(
  execution: string,
  inputOf: (arn: string) => Promise<string | null>,
  longest: number,
): Promise<LineOfDescent> {
  const executions: string[] = [];
  let arn = execution;
  for (;;) {
    executions.push(arn);
    const input = parse(await inputOf(arn));
    const recovered = recoverRequestSchema.safeParse(input);
    if (!recovered.success || executions.length > longest) {
      const service: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, 'service') : null;
      return { executions, recoveries: executions.length - 1, service: typeof service === 'string' ? service : null };
    }
    arn = recovered.data.recover.execution;
  }
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
