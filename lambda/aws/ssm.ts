import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';

const client = new SSMClient({});

/** Values by name; a parameter that does not exist is missing. */
export async function readParameters(names: readonly string[]): Promise<Map<string, string>> {
  const { Parameters } = await client.send(new GetParametersCommand({ Names: [...names] }));
  return new Map((Parameters ?? []).map((each) => [each.Name ?? '', each.Value ?? '']));
}
