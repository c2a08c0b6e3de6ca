import type { Sends } from "../messages/sends.ts";
import type { World } from "../world.ts";
import type { EdgeTable } from "./router.ts";

export function messageEdges({ numbers }: World, sends: Sends): EdgeTable {
  return {
    "POST messages": ({ objectId, body }) => {
      const number = numbers.find(objectId);
      return number === undefined ? undefined : body().then((given) => sends.take(number, given));
    },
  };
}
