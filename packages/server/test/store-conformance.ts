import { describe } from "node:test";
import { describeAccepting } from "./store-conformance/accepting.ts";
import { describeAnswering } from "./store-conformance/answering.ts";
import { describeBulks } from "./store-conformance/bulks.ts";
import { describeBlocklist, describeLookups } from "./store-conformance/blocklist.ts";
import { describeClaiming } from "./store-conformance/claiming.ts";
import { describeClaimingAtOnce } from "./store-conformance/claiming-at-once.ts";
import { describeDocuments, describeEvents } from "./store-conformance/documents.ts";
import { type OpenHome, storeTest } from "./store-conformance/fixtures.ts";
import { describeFailovers } from "./store-conformance/failovers.ts";
import { describeInbound } from "./store-conformance/inbound.ts";
import { describeKeyedRequests } from "./store-conformance/keyed-requests.ts";
import { describeKeeping } from "./store-conformance/keeping.ts";
import { describeAnswered, describeBirthLeases, describeLeasing } from "./store-conformance/leasing.ts";
import { describeManyAtOnce } from "./store-conformance/many-at-once.ts";
import { describeMatching } from "./store-conformance/matching.ts";
import { describeNaming } from "./store-conformance/naming.ts";
import { describePushing } from "./store-conformance/pushing.ts";
import { describeReceivers, describeSubscribers } from "./store-conformance/receivers.ts";
import { describeReceiving } from "./store-conformance/receiving.ts";
import { describeStrays } from "./store-conformance/strays.ts";
import { describeSmppDeliveries } from "./store-conformance/smpp-deliveries.ts";
import { describeShortLinks } from "./store-conformance/short-links.ts";
import { describeRerouting } from "./store-conformance/rerouting.ts";
import { describeWhatsApp } from "./store-conformance/whatsapp.ts";
import { describeModel } from "./store-conformance/model-test.ts";

/**
 * What every home of the store must do: a new home calls this from a test of its own, and passes whole. `open` gives
 * an empty store each time.
 */
export function describeStore(name: string, open: OpenHome) {
  const test = storeTest(open);
  describe(`${name}: taking messages in`, () => describeAccepting(test));
  describe(`${name}: keyed requests`, () => describeKeyedRequests(test));
  describe(`${name}: claims and moves`, () => describeClaiming(test));
  describe(`${name}: claims with the insert`, () => describeClaimingAtOnce(test));
  describe(`${name}: many at once`, () => describeManyAtOnce(test));
  describe(`${name}: bulks`, () => describeBulks(test));
  describe(`${name}: routes of what waits`, () => describeRerouting(test));
  describe(`${name}: receipts`, () => describeReceiving(test));
  describe(`${name}: matching receipts`, () => describeMatching(test));
  describe(`${name}: answers with their receipts`, () => describeAnswered(test));
  describe(`${name}: stray receipts`, () => describeStrays(test));
  describe(`${name}: ids of WhatsApp's`, () => describeNaming(test));
  describe(`${name}: reports and logs`, () => describeAnswering(test));
  describe(`${name}: webhooks`, () => describePushing(test));
  describe(`${name}: reports leased at birth`, () => describeLeasing(test));
  describe(`${name}: leases of newborn reports`, () => describeBirthLeases(test));
  describe(`${name}: receivers`, () => describeReceivers(test));
  describe(`${name}: subscribers`, () => describeSubscribers(test));
  describe(`${name}: documents`, () => describeDocuments(test));
  describe(`${name}: events`, () => describeEvents(test));
  describe(`${name}: short links`, () => describeShortLinks(test));
  describe(`${name}: SMS that stand in for others`, () => describeFailovers(test));
  describe(`${name}: what waits for SMPP sessions`, () => describeSmppDeliveries(test));
  describe(`${name}: inbound messages`, () => describeInbound(test));
  describe(`${name}: WhatsApp`, () => describeWhatsApp(test));
  describe(`${name}: blocklist`, () => describeBlocklist(test));
  describe(`${name}: number lookups`, () => describeLookups(test));
  describe(`${name}: ledger, purge, keys, life`, () => describeKeeping(test));
  describe(`${name}: against the model`, () => describeModel(open));
}
