import { OPERATIONS } from "@posthorn/contract";
import type { BindPdu } from "@posthorn/smpp";
import { isAllowed, type Principal } from "../http/key-ring.ts";
import type { Rights } from "./customers.ts";

/** What a key may do over SMPP is what it may do over HTTP: send, pull reports, pull what phones wrote. */
export function rightsOf(principal: Principal): Rights {
  const maySend = isAllowed(principal, OPERATIONS.sendSmsMessages.scopes);
  return {
    maySend,
    // Whoever may send is told what became of it, as an answer of HTTP may be.
    mayReceiveReceipts: maySend || isAllowed(principal, OPERATIONS.getSmsReports.scopes),
    mayReceiveInbound: isAllowed(principal, OPERATIONS.getSmsInbox.scopes),
  };
}

export function mayBind(command: BindPdu["command"], rights: Rights): boolean {
  return command === "bind_receiver" ? rights.mayReceiveReceipts || rights.mayReceiveInbound : rights.maySend;
}
