import { setTimeout as sleep } from 'node:timers/promises';
import { catalogLag } from '../src/freshness/catalogLag';
import { reportFreshness } from '../src/freshness/reportFreshness';

/** A logger that keeps what it is told. */
function notebook() {
  const lines: { level: string; message: string; meta?: object | undefined }[] = [];
  const note = (level: string) => (message: string, meta?: object) => {
    lines.push({ level, message, meta });
  };
  return { lines, info: note('info'), warn: note('warn') };
}

/** Runs until the report has come round several times. */
async function reportedBy(lag: () => Promise<number>) {
  const logger = notebook();
  const stop = reportFreshness({ logger, lag, everyMs: 5 });
  await sleep(60);
  stop();
  return logger.lines;
}

it('logs at once, and again, by how many seconds processing is behind', async () => {
  const lines = await reportedBy(async () => 12.345);
  expect(lines.length).toBeGreaterThan(1);
  expect(lines[0]).toMatchObject({ level: 'info', meta: { event: 'freshness', lagSeconds: 12.3 } });
});

it('warns, gives no number, and goes on when the lag cannot be told', async () => {
  const lines = await reportedBy(async () => {
    throw new Error('relation "refresh_state" does not exist');
  });
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) {
    expect(line).toEqual({ level: 'warn', message: expect.stringContaining('refresh_state'), meta: undefined });
  }
});

it('does not ask again while it has no answer', async () => {
  let asked = 0;
  const lines = await reportedBy(() => {
    asked += 1;
    return new Promise<never>(() => {});
  });
  expect([asked, lines]).toEqual([1, []]);
});

it('is silent once it is stopped', async () => {
  const logger = notebook();
  reportFreshness({ logger, lag: async () => 0, everyMs: 5 })();
  await sleep(30);
  expect(logger.lines).toHaveLength(1);
});

/** A database whose only answer is this one. */
function answering(rows: object[]): Parameters<typeof catalogLag>[0] {
  const query = { select: () => query, timeout: async () => rows };
  const client = Object.assign(() => query, { raw: (sql: string) => sql });
  return { getClient: async () => client } as unknown as Parameters<typeof catalogLag>[0];
}

it.each([
  ['entities that are overdue', 90.5, 90.5],
  ['nothing that is due', -42, 0],
  ['an empty catalog', null, 0],
])('takes %s for its lag', async (_, lag, expected) => {
  expect(await catalogLag(answering([{ lag }]))).toBe(expected);
});
