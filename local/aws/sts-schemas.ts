const structure = 3;
const operation = 9;
const string = 0;

/**
 * The one operation of STS that the stage serves, in the form in which SDK clients export their schemas. The
 * SDK packages that Understudy uses do not depend on the STS client.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export const stsSchemas = {
  GetCallerIdentity$: [
    operation,
    'com.amazonaws.sts',
    'GetCallerIdentity',
    0,
    () => [structure, 'com.amazonaws.sts', 'GetCallerIdentityRequest', 0, [], []],
    () => [
      structure,
      'com.amazonaws.sts',
      'GetCallerIdentityResponse',
      0,
      ['UserId', 'Account', 'Arn'],
      [string, string, string],
    ],
  ],
};
