import { account } from '../aws/arn.ts';
import type { Operations } from '../aws/operation.ts';

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export function stsOperations(): Operations {
  return {
    GetCallerIdentity: (_input: object, { role }) => {
      const Arn =
        role === null
          ? `arn:aws:iam::${account}:user/administrator`
          : `arn:aws:sts::${account}:assumed-role/${role}/${role}`;
      return { UserId: role ?? 'administrator', Account: account, Arn };
    },
  };
}
