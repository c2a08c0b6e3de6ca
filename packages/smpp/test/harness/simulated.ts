import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import {
  type CloseReason,
  connectEsme,
  type EsmeOptions,
  type IncomingRequest,
  messageTextOf,
  type PduInputOf,
  type Receipt,
  receiptOf,
  type Simulator,
  type SimulatorOptions,
  type SmppSession,
  startSimulator,
} from "../../src/index.ts";

const PATIENCE_TURNS = 5000;

/** Looks again and again, so that nothing depends on how fast the machine is; a clock may be moved in between. */
export async function until(what: string, isTrue: () => boolean, step?: () => Promise<void>): Promise<void> {
  for (let turn = 0; turn < PATIENCE_TURNS; turn += 1) {
    if (isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
    await step?.();
  }
  assert.fail(`never came true: ${what}`);
}

export async function simulatorFor(t: TestContext, options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ port: 0, ...options });
  t.after(() => simulator.close());
  return simulator;
}

export interface TestEsme {
  readonly session: SmppSession;
  /** Everything that came, in order: answers to submissions by their status or id, receipts, texts. */
  readonly log: string[];
  readonly requests: IncomingRequest[];
  readonly receipts: Receipt[];
  readonly closed: CloseReason[];
  unexpected: number;
  /** What deliveries are answered with. */
  deliverStatus: number;
  submit(destinationAddr: string, fields?: Partial<PduInputOf<"submit_sm">>): Promise<string>;
}

/** A client that asks for receipts and writes down what it hears. */
export async function esmeFor(
  t: TestContext,
  { host, port }: Pick<Simulator, "host" | "port">,
  { deliverStatus = 0, ...options }: Partial<EsmeOptions> & { readonly deliverStatus?: number } = {},
): Promise<TestEsme> {
  const heard = { log: [], requests: [], receipts: [], closed: [], unexpected: 0, deliverStatus } as unknown as {
    -readonly [Name in keyof TestEsme]: TestEsme[Name];
  };
  const session = await connectEsme({
    host,
    port,
    bind: { systemId: "demo", password: "secret" },
    windowSize: 1000,
    handlers: {
      onRequest(request, answer) {
        assert.ok(request.command === "deliver_sm" || request.command === "data_sm");
        const receipt = receiptOf(request, { isKnownByText: true });
        heard.requests.push(request);
        if (receipt === null) heard.log.push(`text ${messageTextOf(request).text}`);
        else {
          heard.receipts.push(receipt);
          heard.log.push(`receipt ${receipt.messageIds.join("=")} ${receipt.state}`);
        }
        answer({ commandStatus: heard.deliverStatus });
      },
      onClose: (reason) => heard.closed.push(reason),
      onUnexpectedResponse: () => {
        heard.unexpected += 1;
      },
    },
    ...options,
  });
  t.after(() => session.close());
  heard.session = session;
  heard.submit = async (destinationAddr, fields = {}) => {
    const pdu = {
      command: "submit_sm",
      sourceAddr: "Shop",
      destinationAddr,
      registeredDelivery: 1,
      ...fields,
    } as const;
    // In the turn in which the answer comes, so that the log has what the wire had.
    const outcome = await new Promise<string>((resolve) => {
      session.request(pdu, (error, response) => {
        const isTaken = response?.command === "submit_sm_resp" && response.commandStatus === 0;
        const answer = isTaken ? response.messageId : `0x${response?.commandStatus.toString(16)}`;
        heard.log.push(`answer ${error?.code ?? answer}`);
        resolve(error?.code ?? answer);
      });
    });
    return outcome;
  };
  return heard;
}
