import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { OutboundMessage } from "../../store/store.ts";
import { type Job, JobQueue } from "./job-queue.ts";

const jobTo = (destination: string, seq: number): Job => ({
  message: { destination, seq } as OutboundMessage,
  settle: () => undefined,
  acceptedAt: 0,
  parts: null,
  throttled: 0,
  epoch: 0,
  sequenceNumber: 0,
  follower: null,
});

type Step = { readonly add: number } | "leave" | "end" | "back" | "expire";

test("one message a phone is out at a time, in the phone's order, and none is lost or out twice", () => {
  const steps = fc.array(
    fc.oneof<fc.Arbitrary<Step>[]>(
      fc.record({ add: fc.nat(2) }),
      fc.record({ add: fc.nat(2) }),
      fc.constant("leave"),
      fc.constant("leave"),
      fc.constant("end"),
      fc.constant("back"),
      fc.constant("expire"),
    ),
    { minLength: 30, maxLength: 200 },
  );
  const run = fc.check(
    fc.property(steps, (all) => {
      const queue = new JobQueue();
      const out: Job[] = [];
      const ended: number[] = [];
      let seq = 0;
      const end = (job: Job) => {
        ended.push(job.message.seq);
        queue.end(job);
      };
      for (const step of all) {
        if (typeof step === "object") queue.add(jobTo(`phone ${step.add}`, (seq += 1)));
        else if (step === "leave") {
          const job = queue.shift();
          if (job !== undefined) out.push(job);
        } else if (step === "expire") queue.takeWhere(({ message }) => message.seq % 3 === 0).forEach(end);
        else {
          const job = out.pop();
          if (job !== undefined && step === "end") end(job);
          else if (job !== undefined) queue.unshift(job);
        }
        const phones = out.map(({ message }) => message.destination);
        assert.equal(new Set(phones).size, phones.length, "one a phone");
      }
      for (let job = out.pop() ?? queue.shift(); job !== undefined; job = out.pop() ?? queue.shift()) end(job);
      assert.deepEqual(
        ended.toSorted((one, other) => one - other),
        Array.from({ length: seq }, (_, index) => index + 1),
      );
      assert.equal(queue.readyCount, 0);
    }),
  );
  assert.ok(!run.failed, `seed ${run.seed}: ${fc.defaultReportMessage(run)}`);
});

test("messages to one phone end in their order", () => {
  const queue = new JobQueue();
  for (let seq = 1; seq <= 5; seq += 1) queue.add(jobTo("phone", seq));
  const order: number[] = [];
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    order.push(job.message.seq);
    queue.end(job);
  }
  assert.deepEqual(order, [1, 2, 3, 4, 5]);
});
