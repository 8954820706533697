import assert from 'node:assert/strict';
import { AgopError } from '@agop/core';
import { prometheusText, queueExecutor, shownAddress } from '@agop/workers';

assert.equal(shownAddress('rediss://me:secret@queue:6379/2'), 'rediss://me:***@queue:6379/2');
// Nothing listens there, and the message does not tell the password.
const refused = await queueExecutor({ redis: 'redis://:secret@127.0.0.1:1', shared: 'rows' }).catch(
  (error) => error,
);
assert.ok(AgopError.isInstance(refused) && refused.code === 'UNAVAILABLE');
assert.ok(!refused.message.includes('secret'), refused.message);
const counts = {
  waiting: 3,
  active: 0,
  delayed: 0,
  done: 0,
  quarantined: 0,
  quarantinedJobs: [],
  workers: [],
};
assert.match(prometheusText({ version: '0', ...counts }), /^agop_jobs\{state="waiting"\} 3$/m);
