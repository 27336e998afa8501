import { fullArn, get, type Input, text } from './inputs.ts';
import type { Context, Permission } from './policy.ts';
import { on, type Rule } from './rule.ts';

const table = (name: unknown): string => fullArn(name, 'dynamodb', (short) => `table/${short}`);

/**
 * The value of the partition key, where the request gives it as an item or a key: every table here calls it `pk`.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
function leadingKeys(input: unknown): Context {
  const key = text(get(input, 'Item', 'pk', 'S')) || text(get(input, 'Key', 'pk', 'S'));
  return key === '' ? {} : { 'dynamodb:LeadingKeys': key };
}

const onTable = (operation: string): [string, Rule] => [
  `dynamodb:${operation}`,
  (input) => {
    const index = text(input['IndexName']);
    return on(`dynamodb:${operation}`, [table(input['TableName']) + (index && `/index/${index}`)], leadingKeys(input));
  },
];

/** Each part of a transaction takes the permission of the operation that it is. */
const transaction = (input: Input): Permission[] => {
  const parts = Array.isArray(input['TransactItems']) ? input['TransactItems'] : [];
  return parts.flatMap((part: unknown) =>
    Object.entries(Object(part)).flatMap(([kind, item]) => {
      const operation = kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`;
      return on(`dynamodb:${operation}`, [table(get(item, 'TableName'))], leadingKeys(item));
    }),
  );
};

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export const dynamoDbRules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(
    ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'DescribeTable'].map(onTable),
  ),
  'dynamodb:TransactWriteItems': transaction,
};
