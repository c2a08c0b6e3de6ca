import {
  type Answer,
  type AnswerFields,
  type BindAnswer,
  type BindPdu,
  type CloseReason,
  COMMAND_STATUS as S,
  type IncomingRequest,
  type Peer,
  type SessionHandlers,
  type SmppSession,
  speaksVersion34,
  type TextEncoding,
} from "@posthorn/smpp";
import type { AcceptContext } from "../accept/acceptance.ts";
import type { KeyRing, Principal } from "../http/key-ring.ts";
import type { Log } from "../kernel/log.ts";
import type { KeyPlatform } from "../store/store.ts";
import type { BindGuard } from "./bind-guard.ts";
import { cancel, type CommandContext, query } from "./commands.ts";
import type { Customer, Customers } from "./customers.ts";
import { BIND_ATTEMPTS_PER_SESSION_MAX } from "./limits.ts";
import type { PartBulks } from "./part-bulks.ts";
import { mayBind, rightsOf } from "./rights.ts";
import { submit, type SubmitPdu } from "./submit.ts";

export interface CustomerSessionContext extends CommandContext {
  readonly keyRing: Pick<KeyRing, "identifyPair">;
  readonly customers: Customers;
  readonly guard: BindGuard;
  readonly partBulks: PartBulks;
  readonly alphabet: TextEncoding;
  readonly log: Log;
  readonly acceptContextOf: (platform: readonly KeyPlatform[]) => AcceptContext;
  /** A session may receive now, or has room again. */
  readonly onRoom: () => void;
  readonly onEnd: (session: CustomerSession) => void;
}

interface Bound {
  readonly session: SmppSession;
  readonly customer: Customer;
  principal: Principal;
}

/** A customer's connection: who is behind it, and what is done with each request. */
export class CustomerSession implements SessionHandlers {
  readonly #context: CustomerSessionContext;
  readonly #peer: Peer;
  #bindFailures = 0;
  #bound: Bound | null = null;

  constructor(context: CustomerSessionContext, peer: Peer) {
    this.#context = context;
    this.#peer = peer;
  }

  async onBind(bind: BindPdu, session: SmppSession): Promise<BindAnswer> {
    const { guard, log } = this.#context;
    const { remoteAddress } = this.#peer;
    // What an address has tried too often is not looked at any more.
    if (!guard.mayTry(remoteAddress, bind.systemId)) return this.#refuse(session, S.RBINDFAIL);
    const commandStatus = await this.#judge(bind, session);
    if (commandStatus === S.ROK) {
      log.info(
        { event: "smpp.bound", systemId: bind.systemId, remoteAddress, bind: bind.command },
        "a customer is bound",
      );
      return { commandStatus, systemId: "posthorn" };
    }
    guard.noteFailure(remoteAddress, bind.systemId);
    log.warn(
      { event: "smpp.bind_refused", systemId: bind.systemId, remoteAddress, commandStatus },
      "a bind was refused",
    );
    return this.#refuse(session, commandStatus);
  }

  async #judge(bind: BindPdu, session: SmppSession): Promise<number> {
    const { keyRing, customers } = this.#context;
    const { systemId, password } = bind;
    // Nothing about a key is told to whoever does not have it: not even that it exists, or from where it may be used.
    const principal = await keyRing.identifyPair(systemId, password, this.#peer.remoteAddress);
    if (principal === null) return S.RINVPASWD;
    if (!speaksVersion34(bind)) return S.RBINDFAIL;
    const rights = rightsOf(principal);
    if (!mayBind(bind.command, rights)) return S.RBINDFAIL;
    // It may have gone while its key was looked up; then nothing would ever give its place back.
    if (session.state !== "OPEN") return S.RBINDFAIL;
    const customer = customers.join(session, principal.accountId, systemId, rights);
    if (customer === null) return S.RBINDFAIL;
    this.#bound = { session, customer, principal };
    return S.ROK;
  }

  #refuse(session: SmppSession, commandStatus: number): BindAnswer {
    this.#bindFailures += 1;
    // After the answer has been written.
    if (this.#bindFailures >= BIND_ATTEMPTS_PER_SESSION_MAX) setImmediate(() => void session.unbind());
    return { commandStatus };
  }

  onBound() {
    this.#context.onRoom();
  }

  onReady() {
    this.#context.onRoom();
  }

  onRequest(request: IncomingRequest, answer: Answer) {
    const bound = this.#bound;
    if (bound === null) return answer({ commandStatus: S.RINVBNDSTS });
    const { accountId } = bound.customer;
    switch (request.command) {
      case "submit_sm":
      case "data_sm":
      case "submit_multi":
        return this.#submit(request, answer);
      case "query_sm":
        return this.#later(query(this.#context, accountId, request), answer);
      case "cancel_sm":
        return this.#later(cancel(this.#context, accountId, request), answer);
      // What was accepted may have left already; a new message says so openly.
      case "replace_sm":
        return answer({ commandStatus: S.RREPLACEFAIL });
      case "deliver_sm":
        return answer({ commandStatus: S.RINVCMDID });
    }
  }

  #current(): Bound | null {
    return this.#bound;
  }

  #submit(request: SubmitPdu, answer: Answer) {
    const bound = this.#bound;
    // A receiver may send data_sm by the specification; it has no right to here.
    if (bound === null || bound.customer.sessions.get(bound.session)?.maySend !== true) {
      return answer({ commandStatus: S.RINVBNDSTS });
    }
    const { customer, principal, session } = bound;
    if (session.boundState === "BOUND_RX") return answer({ commandStatus: S.RINVBNDSTS });
    const count = request.command === "submit_multi" ? request.destAddresses.length : 1;
    if (!customer.throughput.take(count)) return answer({ commandStatus: S.RTHROTTLED });
    const { acceptContextOf, partBulks, alphabet } = this.#context;
    const context = { accept: acceptContextOf(principal.platform), customer, partBulks, alphabet };
    return this.#later(submit(context, request), answer);
  }

  #later(work: Promise<AnswerFields>, answer: Answer) {
    work.then(answer, (error: unknown) => {
      this.onFault(error);
      answer({ commandStatus: S.RSYSERR });
    });
  }

  onFault(error: unknown) {
    const { remoteAddress } = this.#peer;
    const fields = { event: "smpp.fault", remoteAddress, systemId: this.#bound?.customer.systemId };
    this.#context.log.warn({ ...fields, err: error }, "a PDU of a customer could not be read or served");
  }

  onClose(reason: CloseReason) {
    const { customers, log, onEnd } = this.#context;
    onEnd(this);
    if (this.#bound === null) return;
    const { session, customer } = this.#bound;
    this.#bound = null;
    customers.leave(session, customer);
    const { systemId } = customer;
    log.info(
      { event: "smpp.closed", systemId, remoteAddress: this.#peer.remoteAddress, reason },
      "a session has ended",
    );
  }

  /** Ends the session when its key was revoked, is over, or may not do any more what the session is for. */
  async checkKey(): Promise<void> {
    const bind = this.#bound?.session.peerBind;
    if (this.#bound === null || bind === null || bind === undefined) return;
    const { keyRing, log } = this.#context;
    const principal = await keyRing.identifyPair(bind.systemId, bind.password, this.#peer.remoteAddress);
    // It may have ended meanwhile.
    const bound = this.#current();
    if (bound === null) return;
    const rights = principal === null ? null : rightsOf(principal);
    if (principal !== null && rights !== null && mayBind(bind.command, rights)) {
      bound.principal = principal;
      bound.customer.sessions.set(bound.session, rights);
      return;
    }
    log.warn({ event: "smpp.key_gone", systemId: bind.systemId }, "a session's key does not allow it any more");
    void bound.session.unbind();
  }
}
