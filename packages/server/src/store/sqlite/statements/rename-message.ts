/** The carrier's own id, in place of what stood for it. */
export const renameMessage = "update message set carrier_message_id = ?1 where seq = ?2";
