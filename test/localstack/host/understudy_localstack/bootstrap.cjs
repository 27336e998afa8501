// The inside of one execution environment: loads the handler once, then answers one invocation after
// the other. Requests come as lines of JSON on standard input, answers go as lines to descriptor 3;
// what the function prints stays on standard output and error.
const { existsSync, writeSync } = require('node:fs');
const { join } = require('node:path');
const { createInterface } = require('node:readline');

const answers = 3;
const answer = (message) => writeSync(answers, `${JSON.stringify(message)}\n`);

/** As Lambda tells an error: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
const told = (error) => ({
  errorType: error?.name ?? 'Error',
  errorMessage: error?.message ?? String(error),
  trace: String(error?.stack ?? '').split('\n'),
});

// oxlint-disable-next-line no-underscore-dangle -- Lambda's own name
const [file, name] = process.env._HANDLER.split('.');
const path = ['.js', '.cjs', '.mjs']
  .map((extension) => join(process.env.LAMBDA_TASK_ROOT, file + extension))
  .find((each) => existsSync(each));

async function main() {
  const handler = (await import(path))[name];
  answer({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, arn, payload } = JSON.parse(line);
    try {
      const result = await handler(JSON.parse(payload), { awsRequestId: id, invokedFunctionArn: arn });
      answer({ id, payload: JSON.stringify(result ?? null) });
    } catch (error) {
      answer({ id, failed: true, payload: JSON.stringify(told(error)) });
    }
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
