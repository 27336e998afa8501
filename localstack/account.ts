/** The account that the stage has, and that LocalStack takes from the access key. */
export const account = '111111111111';
export const region = 'us-east-1';
export const environment = 'local';

/** Settings of an SDK client of LocalStack or of the stage. */
export function client(endpoint: string) {
  return { region, endpoint, credentials: { accessKeyId: account, secretAccessKey: 'none' } };
}

/** The same for a program that reads them from its environment. */
export function clientEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'none',
  };
}
