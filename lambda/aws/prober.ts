import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type ProbeReport, type ProbeRequest, probeReportSchema } from '../domain/probe.ts';

/**
 * Below the two minutes that a step may take, so that a prober that hangs is missing data and not a
 * step that hangs too; and never a second time, because the first may still be sending.
 */
const client = new LambdaClient({
  maxAttempts: 1,
  requestHandler: { requestTimeout: 100_000, throwOnRequestTimeout: true },
});

export type Probed = { readonly report: ProbeReport } | { readonly missing: string };

/**
 * Has the prober send the requests. When the prober itself fails there is no data, and no data is a
 * verdict of its own: the answer then says why it is missing.
 */
export async function probe(functionName: string, request: ProbeRequest): Promise<Probed> {
  try {
    const answer = await client.send(
      new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(request)) }),
    );
    const text = Buffer.from(answer.Payload ?? []).toString();
    if (answer.FunctionError !== undefined) return { missing: `The prober failed: ${text.slice(0, 300)}` };
    const report = probeReportSchema.safeParse(JSON.parse(text));
    return report.success ? { report: report.data } : { missing: `The prober answered in an unknown form.` };
  } catch (error) {
    return { missing: `The prober could not be reached: ${String(error)}` };
  }
}
