import { describeStore } from "../../../test/store-conformance.ts";
import { openSqliteHome } from "../../../test/harness/sqlite-home.ts";

describeStore("SQLite", openSqliteHome);
