import { get, text } from '../aws/iam/inputs.ts';
import type { Permission } from '../aws/iam/policy.ts';
import { ServiceError } from '../aws/operation.ts';
import type { Functions } from '../functions/functions.ts';
import { type Invoke, TaskError } from './execution.ts';

export interface LambdaTaskOptions {
  readonly functions: Functions;
  /** @throws ServiceError when the role may not do it */
  readonly demand: (role: string, permission: Permission) => void;
}

/**
 * Step Functions' integration with Lambda. A handler's error becomes the Task's: its type the name, the whole
 * payload the cause. Errors of the service itself carry the prefix `Lambda.`.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function lambdaTask({ functions, demand }: LambdaTaskOptions, role: string): Invoke {
  return async (parameters) => {
    const functionName = text(get(parameters, 'FunctionName'));
    const payload = JSON.stringify(get(parameters, 'Payload') ?? {});
    const invocation = await asTaskError(async () => {
      demand(role, { action: 'lambda:InvokeFunction', resource: functions.find(functionName).arn, context: {} });
      return functions.invoke(functionName, payload);
    });
    if (invocation.failed) {
      const errorType: unknown = get(JSON.parse(invocation.payload), 'errorType');
      throw new TaskError(text(errorType) || 'Lambda.Unknown', invocation.payload);
    }
    return {
      ExecutedVersion: '$LATEST',
      Payload: JSON.parse(invocation.payload) as unknown,
      SdkHttpMetadata: { HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: invocation.requestId },
      StatusCode: 200,
    };
  };
}

async function asTaskError<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    // Refusals have no exception of their own in the integration.
    const name = error.code === 'AccessDeniedException' ? 'AWSLambdaException' : error.code;
    throw new TaskError(`Lambda.${name}`, error.message);
  }
}
