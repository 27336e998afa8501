/** Where the stage pretends to be. */
export const account = '111111111111';
export const region = 'us-east-1';

export function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

export function roleArn(role: string): string {
  return `arn:aws:iam::${account}:role/${role}`;
}

/** What an ARN says after its account: `service/cluster/name`, `log-group:/x:*` … */
export function resourcePart(value: string): string {
  return value.split(':').slice(5).join(':');
}
