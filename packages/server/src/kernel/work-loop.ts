import type { Clock, Timer } from "./clock.ts";
import type { Log } from "./log.ts";

/**
 * One stage's work, done one round at a time. A round runs when the stage is nudged, when the poll interval is over,
 * and again at once as long as a round says that more is waiting. A nudge that comes during a round is kept, a lost
 * one costs the poll interval: polling is the truth.
 */
export interface WorkLoop {
  nudge(): void;
  /** Resolves when the running round has ended; no round starts after that. */
  stop(): Promise<void>;
}

/** After a failed round the next one waits, so that a broken store is not asked in a tight circle. */
const FAILURE_PAUSE_MS = 1_000;

export interface WorkLoopOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly pollIntervalMs: number;
  /** Does one round; true when another should follow at once. */
  readonly round: () => Promise<boolean>;
}

export function startWorkLoop(options: WorkLoopOptions): WorkLoop {
  let isStopped = false;
  let isNudged = false;
  let isPausing = false;
  let running: Promise<void> | null = null;
  let timer: Timer | null = null;

  const schedule = (delayMs: number) => {
    timer?.cancel();
    timer = isStopped ? null : options.clock.after(delayMs, start);
  };

  function start() {
    if (isStopped) return;
    isPausing = false;
    isNudged = true;
    running ??= runRounds().finally(() => {
      running = null;
      // Nudged between the last look and here: go on, or the work would wait for the poll.
      if (isNudged) start();
    });
  }

  async function runRounds() {
    let pauseMs = options.pollIntervalMs;
    while (isNudged && !isStopped) {
      isNudged = false;
      try {
        if (await options.round()) isNudged = true;
      } catch (error) {
        options.log.error({ event: `${options.name}.round_failed`, err: error }, "a round of work failed");
        pauseMs = FAILURE_PAUSE_MS;
        isPausing = true;
        isNudged = false;
        break;
      }
    }
    schedule(pauseMs);
  }

  schedule(0);
  return {
    nudge() {
      // A round follows at the end of the pause in any case.
      if (!isPausing) start();
    },
    async stop() {
      isStopped = true;
      timer?.cancel();
      await running;
    },
  };
}
