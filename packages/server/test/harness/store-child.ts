// Serves a data folder until it is killed: `node store-child.ts FOLDER`. Says `serving` or the fault's code.
import { isFault } from "../../src/kernel/faults.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { newMessages } from "../store-conformance/fixtures.ts";

const [folder = ""] = process.argv.slice(2);
try {
  const store = await openSqliteStore(folder, { serve: true });
  await store.insertMessages(newMessages(3, "child"));
  process.stdout.write("serving\n");
} catch (error) {
  process.stdout.write(`${isFault(error) ? error.code : String(error)}\n`);
}
