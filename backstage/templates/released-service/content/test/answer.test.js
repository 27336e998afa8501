import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer } from '../src/answer.js';

test('is ready until it leaves', () => {
  assert.equal(answer('/health/ready', { version: '1', leaving: false }).status, 200);
  assert.equal(answer('/health/ready', { version: '1', leaving: true }).status, 503);
});

test('stays alive while it leaves', () => {
  assert.equal(answer('/health/live', { version: '1', leaving: true }).status, 200);
});
