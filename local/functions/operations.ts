import type { InvokeCommandInput, InvokeCommandOutput, ListFunctionsResponse } from '@aws-sdk/client-lambda';
import { arn, roleArn } from '../aws/arn.ts';
import { type Operations, ServiceError } from '../aws/operation.ts';
import type { Functions } from './functions.ts';

/** The client reads the payload into a typed array of its own kind; the endpoint writes plain bytes. */
type InvokeOutput = Omit<InvokeCommandOutput, '$metadata' | 'Payload'> & { readonly Payload?: Uint8Array };

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function lambdaOperations(functions: Functions): Operations {
  return {
    /** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
    ListFunctions: (): ListFunctionsResponse => ({
      Functions: functions.all().map(({ name, role }) => ({
        FunctionName: name,
        FunctionArn: arn('lambda', `function:${name}`),
        Role: roleArn(role),
        Runtime: 'nodejs24.x',
      })),
    }),
    async Invoke(input: InvokeCommandInput): Promise<InvokeOutput> {
      const type = input.InvocationType ?? 'RequestResponse';
      if (type === 'DryRun') {
        functions.find(input.FunctionName ?? '');
        return { StatusCode: 204 };
      }
      if (type === 'Event') {
        throw new ServiceError('InvalidParameterValueException', 'The stage invokes functions synchronously only.');
      }
      const { Payload: bytes } = input;
      const payload = ArrayBuffer.isView(bytes)
        ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
        : '';
      const invocation = await functions.invoke(input.FunctionName ?? '', payload || '{}');
      return {
        StatusCode: 200,
        ExecutedVersion: '$LATEST',
        Payload: Buffer.from(invocation.payload),
        ...(invocation.failed && { FunctionError: 'Unhandled' }),
      };
    },
  };
}
